"""Pictures that are enlarged before they are anonymized, as van Rooijen et al. do it."""

from pathlib import Path

import cv2
import numpy as np

from passerby.anonymization import Anonymizer
from passerby.detections import Detections
from passerby.pipeline.description import raw_frame
from passerby.types import Frame, Image

__all__ = ["Enlarged"]

_SIZE = (128, 256)
"""Width and height to which they resize images (section 2.2)."""


class Enlarged:
    """Reads pictures, resizes them to 256x128 and anonymizes them by a preset, in memory alone.

    Args:
        preset: Name of a preset that needs no detector.

    Raises:
        ConfigError: If there is no such preset.
    """

    def __init__(self, preset: str) -> None:
        self._anonymizer = Anonymizer(preset=preset)

    def __call__(self, root: Path, path: str) -> Image:
        """Return a picture, shape (256, 128, 3), BGR.

        Args:
            root: Of its data set.
            path: Relative to the root.

        Raises:
            InputError: If it cannot be read.
        """
        enlarged = cv2.resize(raw_frame(root / path).image, _SIZE)
        frame = Frame(np.asarray(enlarged, np.uint8))
        return self._anonymizer(frame, Detections.none()).image
