"""A track that is over, as far as linking it to others needs to know it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

__all__ = ["ClosedTrack", "centred", "cosine_distances"]

_PAIRS = 1024
"""Pairs that are compared at a time: what they need fits into the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class ClosedTrack:
    """Somebody who was before one camera.

    Attributes:
        number: By which links name it.
        camera: Name of the camera.
        began: When they came into view, in seconds of a clock that all cameras share.
        ended: When they were last seen.
        signature: Pooled over the track, shape (d,).
    """

    number: int
    camera: str
    began: float
    ended: float
    signature: npt.NDArray[np.float32]


def centred(tracks: Sequence[ClosedTrack]) -> list[ClosedTrack]:
    """Take away what the signatures of a camera have in common: its light, and what is behind.

    The mean of each camera's signatures is subtracted, and counts less where it has few tracks: it
    is shrunk as if one more track had the mean of 0.

    Args:
        tracks: Of several cameras; the more there are of each, the better its mean.
    """
    unit = _unit(tracks)
    of_camera: defaultdict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(tracks):
        of_camera[one.camera].append(place)
    for own in of_camera.values():
        unit[own] -= unit[own].sum(axis=0) / (len(own) + 1)
    rows = unit.astype(np.float32)
    return [replace(one, signature=row) for one, row in zip(tracks, rows, strict=True)]


def cosine_distances(
    tracks: Sequence[ClosedTrack], first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """Return 1 less the cosines of the signatures of pairs of tracks, 0 to 2.

    Args:
        tracks: One at least.
        first: Shape (p,), places of the one track of each pair.
        second: Shape (p,), of the other.

    Returns:
        Shape (p,).
    """
    unit = _unit(tracks)
    parts = (slice(start, start + _PAIRS) for start in range(0, max(len(first), 1), _PAIRS))
    cosines = [np.vecdot(unit[first[part]], unit[second[part]]) for part in parts]
    distances: npt.NDArray[np.float64] = np.clip(1 - np.concatenate(cosines), 0, 2)
    return distances


def _unit(tracks: Sequence[ClosedTrack]) -> npt.NDArray[np.float64]:
    if not tracks:
        return np.zeros((0, 0))
    rows = np.stack([one.signature for one in tracks]).astype(np.float64)
    unit: npt.NDArray[np.float64] = rows / np.maximum(
        np.linalg.norm(rows, axis=1, keepdims=True), 1e-12
    )
    return unit
