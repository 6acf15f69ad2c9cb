"""Leave or cover chosen people, by the numbers of their tracks."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections, Kind

__all__ = ["Selection", "holds_centre"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Who is to be covered.

    Boxes without a number cannot be chosen and are always covered. Motion, which never has a
    number, follows the person in whose box it lies. So does a face or head with a number of its
    own, unless that number is chosen: it is left uncovered only if it lies in the box of a person
    who is left uncovered, and in no box of a covered person. An object follows nobody: only its
    own number chooses it.

    Attributes:
        keep: Tracks to leave uncovered.
        only: Tracks to cover, with all others left uncovered; empty for all.
    """

    keep: Collection[int] = ()
    only: Collection[int] = ()

    def covers(self, found: Detections) -> npt.NDArray[np.bool_]:
        """Which boxes are to be covered; shape (n,)."""
        everybody = np.ones(len(found), np.bool_)
        if not (self.keep or self.only):
            return everybody
        numbered = found.tracks >= 0
        covered = np.isin(found.tracks, list(self.only)) if self.only else everybody
        covered = (covered & ~np.isin(found.tracks, list(self.keep))) | ~numbered
        people = found.kinds == Kind.PERSON
        follows = (found.kinds == Kind.MOTION) | (numbered & (not self.only))
        for index in np.flatnonzero(~people & (found.kinds != Kind.OBJECT)):
            around = people & holds_centre(found.boxes, found.boxes[index])
            if (around & covered).any():
                covered[index] = True
            elif around.any() and follows[index]:
                covered[index] = False
        return covered


def holds_centre(boxes: Boxes, inner: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Which boxes, shape (n, 4), hold the centre of ``inner``, shape (4,)."""
    centre = (inner[:2] + inner[2:]) / 2
    inside: npt.NDArray[np.bool_] = np.all((boxes[:, :2] <= centre) & (centre < boxes[:, 2:]), 1)
    return inside
