"""Which tracks may be of one person by the camera graph and travel times, and how they compare."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.matching.camera_graph import CameraGraph
from passerby.matching.closed_track import ClosedTrack, centred, cosine_distances

__all__ = ["LINK_TERMS", "LinkCandidates", "candidates_among"]

_Floats = npt.NDArray[np.float64]
_Places = npt.NDArray[np.intp]

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
    began, ended = np.array([(one.began, one.ended) for one in tracks]).T
    rows, columns, time = _in_time(began, ended, [one.camera for one in tracks], graph)
    cameras = np.array([one.camera for one in tracks])
    returns = cameras[rows] == cameras[columns]
    distance = cosine_distances(centred(tracks), rows, columns)
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


def _in_time(
    began: _Floats, ended: _Floats, cameras: Sequence[str], graph: CameraGraph
) -> tuple[_Places, _Places, _Floats]:
    """Pairs whose time between them is plausible, and that time as a share of the range.

    Returns:
        Places of the earlier and of the later ones, in their order, and the shares; shape (p,).
    """
    # Where views overlap, each of two could come after the other: who came into view first does.
    order = np.empty(len(began), np.intp)
    order[np.argsort(began, kind="stable")] = np.arange(len(began))
    of_camera: defaultdict[str, list[int]] = defaultdict(list)
    for place, camera in enumerate(cameras):
        of_camera[camera].append(place)
    rows, columns, shares = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)], [np.zeros(0)]
    for (first, second), (low, high) in graph.ranges.items():
        if first not in of_camera or second not in of_camera:
            continue
        here, there = np.array(of_camera[first]), np.array(of_camera[second])
        gaps = began[there] - ended[here, None]
        chosen = (gaps >= low) & (gaps <= high) & (order[here, None] < order[there])
        one, other = np.nonzero(chosen)
        rows.append(here[one])
        columns.append(there[other])
        shares.append((gaps[chosen] - low) / (high - low))
    found = np.concatenate(rows), np.concatenate(columns), np.concatenate(shares)
    sorting = np.lexsort(found[1::-1])
    return found[0][sorting], found[1][sorting], found[2][sorting]
