"""Leave or cover chosen people, by the numbers of their tracks."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections, Kind

__all__ = ["holds_centre", "select"]


def select(
    detections: Detections, *, keep: Collection[int] = (), only: Collection[int] = ()
) -> Detections:
    """Choose what is to be covered.

    A face or head has a track of its own, and may be chosen by it. Otherwise it follows the person
    in whose box it lies: it is left uncovered only if it lies in the box of somebody who is, and
    of nobody who is not.

    Args:
        detections: Everything found in a frame.
        keep: Tracks to leave as they are.
        only: Tracks to cover, all others to be left; empty for all.
    """
    if not (keep or only) or detections.failure is not None:
        return detections
    covered = np.isin(detections.tracks, list(only)) if only else np.ones(len(detections), np.bool_)
    covered &= ~np.isin(detections.tracks, list(keep))
    people = detections.kinds == Kind.PERSON
    for index in np.flatnonzero(~people):
        around = people & holds_centre(detections.boxes, detections.boxes[index])
        if (around & covered).any():
            covered[index] = True
        elif around.any() and not only:
            covered[index] = False
    return detections[covered]


def holds_centre(boxes: Boxes, inner: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Which boxes, shape (n, 4), hold the centre of ``inner``, shape (4,)."""
    centre = (inner[:2] + inner[2:]) / 2
    inside: npt.NDArray[np.bool_] = np.all((boxes[:, :2] <= centre) & (centre < boxes[:, 2:]), 1)
    return inside
