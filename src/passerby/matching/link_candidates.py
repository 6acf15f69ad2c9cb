"""Which tracks may be of one person by the camera graph and travel times, and how they compare."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.matching.camera_graph import CameraGraph
from passerby.matching.closed_track import ClosedTrack, centred, cosine_distances

__all__ = ["LINK_TERMS", "LinkCandidates", "candidates_among"]

LINK_TERMS = (
    "constant",
    "distance",
    "distance squared",
    "time",
    "time squared",
    "return",
    "return time",
)
"""What is known of two tracks: 1; the distance of their signatures and its square; the time between
them as a share of the plausible range, 0 to 1, and its square; whether both are before one camera;
and the time once more if they are."""


@dataclass(frozen=True, slots=True, eq=False)
class LinkCandidates:
    """Pairs of tracks, p in all.

    Attributes:
        earlier: Shape (p,), the place of the track that may go on.
        later: Shape (p,), the place of the track that it may go on as.
        terms: Shape (p, len(LINK_TERMS)).
    """

    earlier: npt.NDArray[np.intp]
    later: npt.NDArray[np.intp]
    terms: npt.NDArray[np.float64]


def candidates_among(tracks: Sequence[ClosedTrack], graph: CameraGraph) -> LinkCandidates:
    """Return all pairs among tracks, whose places in ``tracks`` are named.

    The earlier of two is the one that began first, also where views overlap.

    Args:
        tracks: Of a site, at best all of an hour or more: see `centred`.
        graph: Of the cameras.
    """
    if not tracks:
        nobody = np.zeros(0, np.intp)
        return LinkCandidates(nobody, nobody, np.zeros((0, len(LINK_TERMS))))
    gaps = np.subtract.outer([one.began for one in tracks], [one.ended for one in tracks]).T
    low, high = _ranges(tracks, graph)
    with np.errstate(invalid="ignore"):
        chosen = (gaps >= low) & (gaps <= high)  # nothing is between NaNs
    # Where views overlap, each of two could come after the other: who came into view first does.
    chosen &= _came_first([one.began for one in tracks])
    rows, columns = np.nonzero(chosen)
    time = (gaps - low)[rows, columns] / (high - low)[rows, columns]
    cameras = np.array([one.camera for one in tracks])
    returns = cameras[rows] == cameras[columns]
    comparable = centred(tracks)
    distance = cosine_distances(comparable, comparable)[rows, columns]
    terms = [
        np.ones(len(rows)),
        distance,
        distance**2,
        time,
        time**2,
        returns * 1.0,
        returns * time,
    ]
    return LinkCandidates(rows, columns, np.stack(terms, axis=1))


def _came_first(began: Sequence[float]) -> npt.NDArray[np.bool_]:
    """Whether each track began before each other one, shape (n, n); of equals, the first did."""
    order = np.empty(len(began), np.intp)
    order[np.argsort(began, kind="stable")] = np.arange(len(began))
    first: npt.NDArray[np.bool_] = order[:, None] < order
    return first


def _ranges(
    tracks: Sequence[ClosedTrack], graph: CameraGraph
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Plausible seconds between tracks, at least and at most, shape (n, n); NaN for strangers."""
    names = sorted({one.camera for one in tracks})
    place = {name: number for number, name in enumerate(names)}
    table = np.full((len(names), len(names), 2), np.nan)
    for first in names:
        for second in names:
            seconds = graph.travel(first, second)
            if seconds is not None:
                table[place[first], place[second]] = seconds
    rows = [place[one.camera] for one in tracks]
    found = table[np.ix_(rows, rows)]
    return found[..., 0], found[..., 1]
