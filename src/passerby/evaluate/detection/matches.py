"""Which of the boxes found in a picture are right.

A box is right if it overlaps a wanted one enough and no better box took that one. Boxes in places
of which nothing is known are neither right nor wrong; COCO calls such places crowds.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections
from passerby.errors import ConfigError, InputError
from passerby.geometry import area, intersection, intersection_over_union

__all__ = ["ImageMatches", "match_detections"]

_MOST_BOXES = 100
"""Of each picture, no more boxes than so many of the best count."""

_NOWHERE: Boxes = np.zeros((0, 4), np.float32)
_SURE = 1 - 1e-10
"""COCO's way to let an overlap of 1 be reached."""


@dataclass(frozen=True, slots=True, eq=False)
class ImageMatches:
    """What a detector said about one picture.

    Attributes:
        scores: Shape (n,), of the boxes that count, best first.
        right: Shape (n,), whether each is right.
        wanted: How many boxes there were to find.
    """

    scores: npt.NDArray[np.float32]
    right: npt.NDArray[np.bool_]
    wanted: int


def match_detections(
    found: Detections, wanted: Boxes, unknown: Boxes = _NOWHERE, *, overlap: float = 0.5
) -> ImageMatches:
    """Tell which boxes of one picture are right; all are of one kind.

    Args:
        found: What a detector found.
        wanted: Shape (n, 4), what there is to find.
        unknown: Shape (m, 4), places that may hold more of it. Boxes that are not right count
            for nothing if at least the share ``overlap`` of them lies in such a place.
        overlap: Least intersection over union of a box that is right, above 0 and at most 1.

    Raises:
        ConfigError: If the overlap is out of range.
        InputError: If a score is not a number.

    Example:
        >>> found = Detections.of([[0, 0, 10, 20], [50, 0, 60, 20]], scores=[0.9, 0.6])
        >>> match_detections(found, wanted=np.array([[1, 0, 11, 20]], np.float32)).right.tolist()
        [True, False]
    """
    if not 0 < overlap <= 1:
        raise ConfigError(f"overlap must be above 0 and at most 1, not {overlap}")
    if np.isnan(found.scores).any():
        raise InputError("a score is not a number: leave such boxes out")
    best = np.argsort(-found.scores, kind="stable")[:_MOST_BOXES]
    boxes, scores = found.boxes[best], found.scores[best]
    least = min(overlap, _SURE)
    right = _taken(intersection_over_union(boxes, wanted), least)
    shares = intersection(boxes, unknown) / np.maximum(area(boxes), 1e-9)[:, None]
    counts = right | ~(shares >= least).any(axis=1)
    return ImageMatches(scores[counts], right[counts], len(wanted))


def _taken(overlaps: npt.NDArray[np.float32], least: float) -> npt.NDArray[np.bool_]:
    """Let each row, from the first on, take the column that it overlaps most and that is free."""
    right = np.zeros(len(overlaps), np.bool_)
    free = overlaps[:, ::-1].copy()  # of columns that overlap as much, COCO takes the last
    for row in np.flatnonzero((free >= least).any(axis=1)):
        column = free[row].argmax()
        if free[row, column] >= least:
            right[row] = True
            free[:, column] = 0
    return right
