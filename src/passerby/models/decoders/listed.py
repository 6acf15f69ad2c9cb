"""What networks have in common that give a list of boxes with the class of each."""

import numpy as np

from passerby.detections import Boxes, Detections
from passerby.models.classes import Wanted
from passerby.models.session import Tensor

__all__ = ["chosen"]


def chosen(boxes: Boxes, scores: Tensor, classes: Tensor, wanted: Wanted) -> Detections:
    """Keep the boxes of the wanted classes.

    Args:
        boxes: Shape (n, 4).
        scores: Shape (n,).
        classes: Number of the class of each from 0, shape (n,).
        wanted: Which classes to look for.
    """
    row, position = np.nonzero(np.rint(classes)[:, None] == wanted.columns)
    return Detections.of(boxes[row], scores[row], wanted.kinds[position])
