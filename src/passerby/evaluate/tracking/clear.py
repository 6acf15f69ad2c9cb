"""CLEAR MOT: how many boxes are missed and false, and how often a person changes tracks.

Bernardin, Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics",
EURASIP Journal on Image and Video Processing 2008; trajectories that are mostly tracked or lost,
and fragmentations, after Li, Huang, Nevatia, CVPR 2009. MOTP is the mean overlap, as MOTChallenge
has it. Where the papers leave something open, it is as in the program of MOTChallenge.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.assignment import best_pairs
from passerby.evaluate.tracking.trajectories import FramePair, Ids, Pairing, at_least

__all__ = ["Clear", "clear"]

_MOSTLY_TRACKED = 0.8
_MOSTLY_LOST = 0.2
"""Shares of the frames of a person: above the one, and below the other."""

_KEPT = 1000
"""What it is worth to go on as in the frame before: more than all overlaps of a frame."""

_NONE = -1


@dataclass(frozen=True, slots=True)
class Clear:
    """Counts of one sequence; those of several add up.

    Attributes:
        matches: Boxes of the tracker that are right.
        misses: Boxes of the truth that were not found.
        false_boxes: Boxes of the tracker that are not right.
        switches: How often a person is in another track than when last found.
        fragmentations: How often a person is lost and found again.
        mostly_tracked: People found in more than 80 % of their frames.
        partly_tracked: The people between the two.
        mostly_lost: People found in less than 20 % of their frames.
        overlap: Sum over matches of their intersection over union.
    """

    matches: int = 0
    misses: int = 0
    false_boxes: int = 0
    switches: int = 0
    fragmentations: int = 0
    mostly_tracked: int = 0
    partly_tracked: int = 0
    mostly_lost: int = 0
    overlap: float = 0.0

    def __add__(self, other: "Clear") -> "Clear":
        return Clear(
            self.matches + other.matches,
            self.misses + other.misses,
            self.false_boxes + other.false_boxes,
            self.switches + other.switches,
            self.fragmentations + other.fragmentations,
            self.mostly_tracked + other.mostly_tracked,
            self.partly_tracked + other.partly_tracked,
            self.mostly_lost + other.mostly_lost,
            self.overlap + other.overlap,
        )

    @property
    def mota(self) -> float:
        """1 less misses, false boxes and switches for each box of the truth; may be negative."""
        wrong = self.misses + self.false_boxes + self.switches
        truth = self.matches + self.misses
        return 1 - wrong / truth if truth else float("nan")

    @property
    def motp(self) -> float:
        """Mean overlap of the matches."""
        return self.overlap / self.matches if self.matches else float("nan")


def clear(pairing: Pairing, overlap: float = 0.5) -> Clear:
    """Measure one sequence.

    Args:
        pairing: Of the sequence.
        overlap: Least intersection over union of a box that is right.
    """
    last = np.full(pairing.people, _NONE, np.int64)  # the track each person was last found in
    before = last.copy()  # the same, of the frame before alone
    found = np.zeros(pairing.people, np.int64)
    pieces = np.zeros(pairing.people, np.int64)
    counts = Clear()
    for frame in pairing.frames:
        if not (len(frame.people) and len(frame.tracks)):
            continue  # such a frame says nothing about who is who; see `_counted`
        rows, columns = _continued(frame, before, overlap)
        people, tracks = frame.people[rows], frame.tracks[columns]
        counts += Clear(
            matches=len(people),
            switches=int(((last[people] != _NONE) & (last[people] != tracks)).sum()),
            overlap=float(frame.overlaps[rows, columns].sum()),
        )
        found[people] += 1
        pieces[people] += before[people] == _NONE
        last[people] = tracks
        before[:] = _NONE
        before[people] = tracks
    return counts + _counted(pairing, counts.matches, found, pieces)


def _continued(
    frame: FramePair, before: Ids, overlap: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Match as many as possible as in the frame before, and then by overlap."""
    worth = frame.overlaps + _KEPT * (frame.tracks[None, :] == before[frame.people][:, None])
    worth[~at_least(frame.overlaps, overlap)] = 0
    return best_pairs(worth)


def _counted(pairing: Pairing, matches: int, found: Ids, pieces: Ids) -> Clear:
    """What follows from how often everybody was found."""
    frames = pairing.people_frames
    share = found / np.maximum(frames, 1)
    tracked, lost = int((share > _MOSTLY_TRACKED).sum()), int((share < _MOSTLY_LOST).sum())
    return Clear(
        misses=int(frames.sum()) - matches,
        false_boxes=int(pairing.track_frames.sum()) - matches,
        fragmentations=int(np.maximum(pieces - 1, 0).sum()),
        mostly_tracked=tracked,
        partly_tracked=pairing.people - tracked - lost,
        mostly_lost=lost,
    )
