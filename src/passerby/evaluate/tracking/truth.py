"""The truth about a sequence, and which of it counts.

As MOTChallenge does it (Milan, Leal-Taixe, Reid, Roth, Schindler, "MOT16: A Benchmark for
Multi-Object Tracking", arXiv 1603.00831): a tracker that follows somebody on a bicycle, behind
glass or on a poster is neither right nor wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from passerby.assignment import best_pairs
from passerby.errors import ConfigError
from passerby.evaluate.tracking.trajectories import (
    FramePair,
    Ids,
    Overlaps,
    Pairing,
    Trajectories,
    at_least,
)
from passerby.geometry import intersection_over_union

__all__ = ["Truth", "TruthRole", "paired"]

_IGNORED_OVERLAP = 0.5
"""Least intersection over union of a box that is left out because it follows who does not count."""


class TruthRole(IntEnum):
    """What a box of the truth is good for."""

    COUNTS = 0
    """To be found."""
    IGNORED = 1
    """Who follows it is neither right nor wrong."""
    ABSENT = 2
    """Not there: who follows it is wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is known about a sequence.

    Attributes:
        trajectories: Boxes of people, and of what might be taken for them.
        roles: Shape (n,), values of `TruthRole`; all count if left out.

    Raises:
        ConfigError: If the shapes do not fit each other.
    """

    trajectories: Trajectories
    roles: npt.NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))

    def __post_init__(self) -> None:
        count = len(self.trajectories)
        if not len(self.roles):
            object.__setattr__(self, "roles", np.full(count, TruthRole.COUNTS, np.int8))
        if self.roles.shape != (count,):
            raise ConfigError(f"roles must have shape ({count},), not {self.roles.shape}")


def paired(truth: Truth, tracks: Trajectories, frames: Iterable[int] | None = None) -> Pairing:
    """Lay the tracks of a sequence beside the truth.

    Args:
        truth: Of the sequence.
        tracks: What a tracker said; boxes in other frames do not count.
        frames: Numbers of the frames that count; all in which there is anything, if left out.
    """
    if frames is None:
        numbers = np.union1d(truth.trajectories.frames, tracks.frames)
    else:
        numbers = np.unique(np.fromiter(frames, np.int64))
    people: list[Ids] = []
    followed: list[Ids] = []
    overlaps: list[Overlaps] = []
    places = zip(_by_frame(truth.trajectories, numbers), _by_frame(tracks, numbers), strict=True)
    for here, there in places:
        roles = truth.roles[here]
        all_overlaps = intersection_over_union(truth.trajectories.boxes[here], tracks.boxes[there])
        counts, kept = roles == TruthRole.COUNTS, ~_ignored(all_overlaps, roles)
        people.append(truth.trajectories.ids[here][counts])
        followed.append(tracks.ids[there][kept])
        overlaps.append(all_overlaps[np.ix_(counts, kept)])
    (people, people_count), (followed, track_count) = _numbered(people), _numbered(followed)
    frame_pairs = list(map(FramePair, people, followed, overlaps))
    return Pairing(frame_pairs, people_count, track_count)


def _by_frame(trajectories: Trajectories, frames: Ids) -> list[npt.NDArray[np.intp]]:
    """Positions of the boxes of each frame, in the order in which they are listed."""
    order = np.argsort(trajectories.frames, kind="stable")
    ordered = trajectories.frames[order]
    starts, ends = np.searchsorted(ordered, frames), np.searchsorted(ordered, frames, "right")
    return [order[start:end] for start, end in zip(starts, ends, strict=True)]


def _ignored(overlaps: Overlaps, roles: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Which boxes of the tracker follow somebody who does not count, shape (m,)."""
    ignored = np.zeros(overlaps.shape[1], np.bool_)
    if (roles == TruthRole.IGNORED).any():
        worth = np.where(at_least(overlaps, _IGNORED_OVERLAP), overlaps, 0)
        rows, columns = best_pairs(worth)
        ignored[columns[roles[rows] == TruthRole.IGNORED]] = True
    return ignored


def _numbered(frames: list[Ids]) -> tuple[list[Ids], int]:
    """Count the ids of all frames from 0, in their order; returns how many there are too."""
    known, numbers = np.unique(np.concatenate([*frames, _NOBODY]), return_inverse=True)
    ends = np.cumsum([len(ids) for ids in frames])[:-1]
    return (np.split(numbers.astype(np.int64), ends) if frames else []), len(known)


_NOBODY: Ids = np.zeros(0, np.int64)
