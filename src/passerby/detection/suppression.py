"""Keep one box for each person where a detector or several pictures gave many."""

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes
from passerby.geometry import to_xywh

__all__ = ["suppress"]


def suppress(boxes: Boxes, scores: npt.NDArray[np.float32], overlap: float) -> npt.NDArray[np.intp]:
    """Choose boxes from the best score down, skipping those that overlap one chosen before.

    This is greedy non-maximum suppression.

    Args:
        boxes: Shape (n, 4), finite.
        scores: Shape (n,), above 0.
        overlap: Intersection over union above which the weaker of two boxes is dropped, 0-1.

    Returns:
        Indices of the chosen boxes, best first.
    """
    if len(boxes) == 0:
        return np.zeros(0, np.intp)
    chosen = cv2.dnn.NMSBoxes(to_xywh(boxes).tolist(), scores.tolist(), 0.0, overlap)
    return np.asarray(chosen, np.intp)
