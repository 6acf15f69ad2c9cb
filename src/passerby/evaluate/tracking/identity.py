"""Identity scores: how long the one track that is taken for each person is right.

Ristani, Solera, Zou, Cucchiara, Tomasi, "Performance Measures and a Data Set for Multi-Target,
Multi-Camera Tracking", ECCV workshops 2016.
"""

from dataclasses import dataclass

import numpy as np

from passerby.assignment import best_pairs
from passerby.evaluate.tracking.trajectories import Pairing, at_least

__all__ = ["IdentityCounts", "identity"]


@dataclass(frozen=True, slots=True)
class IdentityCounts:
    """Counts of one sequence; those of several add up.

    Attributes:
        matches: Boxes of the tracker that show the person their track is taken for (IDTP).
        misses: Boxes of the truth that are in no such track (IDFN).
        false_boxes: Boxes of the tracker that do not (IDFP).
    """

    matches: int
    misses: int
    false_boxes: int

    def __add__(self, other: "IdentityCounts") -> "IdentityCounts":
        return IdentityCounts(
            self.matches + other.matches,
            self.misses + other.misses,
            self.false_boxes + other.false_boxes,
        )

    @property
    def idf1(self) -> float:
        """Harmonic mean of `idp` and `idr`; NaN where there is neither truth nor tracks."""
        return _share(2 * self.matches, 2 * self.matches + self.misses + self.false_boxes)

    @property
    def idp(self) -> float:
        """Identity precision: share of the boxes of the tracker; NaN without tracks."""
        return _share(self.matches, self.matches + self.false_boxes)

    @property
    def idr(self) -> float:
        """Identity recall: share of the boxes of the truth; NaN without truth."""
        return _share(self.matches, self.matches + self.misses)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def identity(pairing: Pairing, overlap: float = 0.5) -> IdentityCounts:
    """Measure one sequence: each person takes one track at most, so that most boxes are right.

    Args:
        pairing: Of the sequence.
        overlap: Least intersection over union of a box that is right.
    """
    together = np.zeros((pairing.people, pairing.tracks), np.int64)
    for frame in pairing.frames:
        rows, columns = np.nonzero(at_least(frame.overlaps, overlap))
        together[frame.people[rows], frame.tracks[columns]] += 1
    # The fewest misses and false boxes are the same as the most matches.
    matches = int(together[best_pairs(together)].sum())
    return IdentityCounts(
        matches=matches,
        misses=int(pairing.people_frames.sum()) - matches,
        false_boxes=int(pairing.track_frames.sum()) - matches,
    )
