"""Which wanted boxes a detector found."""

from passerby.assignment import best_pairs
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
    rows, _ = best_pairs(intersection_over_union(wanted, boxes) >= overlap)
    return len(rows)
