"""What a regressor sees of a crop: its signature, and its colours in a few cells."""

import cv2
import numpy as np

from passerby.attack.case import AttackCase
from passerby.attack.people import CropImages
from passerby.signatures.describer import Rows

__all__ = ["crop_features"]

_COLUMNS, _ROWS = 8, 16
"""Cells across and down."""


def crop_features(case: AttackCase, images: CropImages) -> Rows:
    """Return features of crops, shape (n, d).

    A signature network has never seen an anonymized picture and may overlook what is left in one;
    cells of colour are seen by everybody.
    """
    cells = [
        cv2.resize(one, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA).reshape(-1)
        for one in images
    ]
    return np.concatenate([case.describe(images), np.stack(cells) / np.float32(255)], axis=1)
