"""What networks have in common that give a list of boxes with the class of each."""

import numpy as np

from passerby.detections import Boxes, Detections
from passerby.models.classes import Wanted
from passerby.models.preparation import Tensor

__all__ = ["chosen"]


def chosen(boxes: Boxes, scores: Tensor, classes: Tensor, wanted: Wanted) -> Detections:
    """Keep the boxes of the wanted classes.

    Args:
        boxes: Shape (n, 4).
        scores: Shape (n,).
        classes: Number of the class of each from 0, shape (n,). Where that is no whole number, the
            list is none of this layout: such a box is passed on with a score that is no number.
        wanted: Which classes to look for.
    """
    unsound = classes != np.rint(classes)
    scores = np.where(unsound, np.float32(np.nan), scores)
    row, position = np.nonzero((classes[:, None] == wanted.columns) | unsound[:, None])
    return Detections.of(boxes[row], scores[row], wanted.kinds[position])
