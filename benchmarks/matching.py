"""Which wanted boxes a detector found."""

from scipy.optimize import linear_sum_assignment

from passerby.detections import Boxes
from passerby.geometry import intersection_over_union

__all__ = ["found"]


def found(wanted: Boxes, boxes: Boxes, overlap: float = 0.5) -> int:
    """How many of the wanted boxes have a box of their own that overlaps enough.

    Args:
        wanted: Shape (n, 4).
        boxes: Shape (m, 4).
        overlap: Least intersection over union.
    """
    hits = intersection_over_union(wanted, boxes) >= overlap
    return int(hits[linear_sum_assignment(hits, maximize=True)].sum())
