"""Deciding for a pair of images whether they show the same person."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.evaluate.reid.matches import Pairs
from passerby.matching.distances import Block

__all__ = ["BINS", "OperatingPoint", "PairCounts", "Verification"]

BINS = 1 << 18
PIECE = 1 << 20
"""Distances that are counted at a time."""

_Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A threshold and what it leads to.

    Attributes:
        threshold: A pair at this distance or nearer is taken for the same person.
        false_accepts: Share of the pairs of different people that are taken for the same.
        false_rejects: Share of the pairs of the same person that are not.
    """

    threshold: float
    false_accepts: float
    false_rejects: float


class PairCounts:
    """Counts how many pairs lie at which distance, so that none has to be kept.

    Distances are told apart by `BINS` equal steps from 0 to ``limit``.
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._all = np.zeros(BINS + 1, np.int64)
        self._same = np.zeros(BINS + 1, np.int64)

    def add(self, block: Block, matches: Pairs) -> None:
        """Count the pairs of a block; those at an infinite distance are left out."""
        flat = block.reshape(-1)
        for start in range(0, flat.size, PIECE):
            bins = self._bins(flat[start : start + PIECE])
            self._all += np.bincount(bins, minlength=BINS + 1)
        bins = self._bins(block[matches.queries, matches.images])
        self._same += np.bincount(bins, minlength=BINS + 1)

    def verification(self) -> "Verification":
        """What the pairs counted so far say."""
        same = self._same[:BINS]
        return Verification(same, self._all[:BINS] - same, self._limit)

    def _bins(self, distances: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
        """The number of the step of each distance; infinite ones come after the last."""
        scale = np.float32((BINS - 1) / self._limit) if self._limit else np.float32(1)
        scaled = np.minimum(distances * scale, np.float32(BINS))
        bins: npt.NDArray[np.intp] = scaled.astype(np.intp)
        return bins


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """How well a threshold on the distance tells the same person from different people.

    Attributes:
        same: Shape (bins,), pairs of the same person at each distance.
        different: Shape (bins,), pairs of different people at each distance.
        limit: The greatest distance.
    """

    same: _Counts
    different: _Counts
    limit: float

    @property
    def auc(self) -> float:
        """Area under the ROC curve; 0.5 by chance, and less where different people are nearer.

        NaN where there are no pairs of one of the two kinds.
        """
        nearer = np.cumsum(self.different) - self.different
        farther = self.different.sum() - nearer - self.different / 2
        return self._share(float(self.same @ farther))

    @property
    def auc_error(self) -> float:
        """The most by which `auc` can be off because distances are counted in steps."""
        return self._share(float(self.same @ self.different) / 2)

    @property
    def auc_folded(self) -> float:
        """The greater of `auc` and 1 - `auc`: how well people can be told apart either way."""
        return max(self.auc, 1 - self.auc)

    def roc(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Shares of false and true accepts as the threshold grows, each shape (bins + 1,)."""
        false = np.append(0, np.cumsum(self.different)) / max(int(self.different.sum()), 1)
        true = np.append(0, np.cumsum(self.same)) / max(int(self.same.sum()), 1)
        return false, true

    @property
    def equal_error_rate(self) -> float:
        """Where as many of the one kind are accepted as of the other rejected.

        Between two thresholds it is interpolated.
        """
        false, true = self.roc()
        excess = false + true - 1
        after = int(np.argmax(excess >= 0))
        if after == 0 or excess[after] == 0:
            return float(false[after])
        share = -excess[after - 1] / (excess[after] - excess[after - 1])
        return float(false[after - 1] + share * (false[after] - false[after - 1]))

    def true_accepts_at(self, false_accepts: float) -> float:
        """The greatest share of true accepts with at most this share of false ones (TAR at FAR)."""
        false, true = self.roc()
        return float(true[np.searchsorted(false, false_accepts, "right") - 1])

    def suggestion(self) -> OperatingPoint:
        """The threshold at which the two error rates are nearest to each other."""
        false, true = self.roc()
        best = int(np.argmin(np.abs(false + true - 1)))
        threshold = self.limit * best / (BINS - 1)
        return OperatingPoint(threshold, float(false[best]), float(1 - true[best]))

    def _share(self, pairs: float) -> float:
        total = int(self.same.sum()) * int(self.different.sum())
        return pairs / total if total else float("nan")
