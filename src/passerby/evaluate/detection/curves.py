"""How many boxes are right and how many are false at every threshold, and what is read off that."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.evaluate.detection.ranking import Ranking

__all__ = ["Curve", "average_precision", "curve", "recall_at"]

_RECALLS = np.linspace(0, 1, 101)
"""Where precision is read off."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """How many boxes are right and how many are false, the more of the best are taken.

    Attributes:
        right: Shape (n,), among the best 1, 2, ... n.
        false: Shape (n,), likewise.
        thresholds: Shape (n,), whether a threshold can end here: the next score is lower.
        wanted: How many boxes there were to find.
        pictures: How many pictures there were.
    """

    right: npt.NDArray[np.float64]
    false: npt.NDArray[np.float64]
    thresholds: npt.NDArray[np.bool_]
    wanted: int
    pictures: int


def curve(ranking: Ranking, times: npt.NDArray[np.int64] | None = None) -> Curve:
    """Count what is right and what is false.

    Args:
        ranking: Of all pictures.
        times: Shape (pictures,), how often each picture counts; once when left out.
    """
    times = np.ones(len(ranking.wanted), np.int64) if times is None else times
    weights = times[ranking.pictures].astype(np.float64)
    return Curve(
        right=np.cumsum(weights * ranking.right),
        false=np.cumsum(weights * ~ranking.right),
        thresholds=np.diff(ranking.scores, append=-np.inf) < 0,
        wanted=int(times @ ranking.wanted),
        pictures=int(times.sum()),
    )


def average_precision(counted: Curve) -> float:
    """Mean over 101 levels of recall of the best precision at that recall or a higher one.

    Returns:
        0-1, or NaN where there was nothing to find.
    """
    if not counted.wanted:
        return float("nan")
    right = counted.right
    precision = right / (right + counted.false + np.spacing(1))
    best = np.maximum.accumulate(precision[::-1])[::-1]
    first = np.searchsorted(right / counted.wanted, _RECALLS)
    return float(best[first[first < len(best)]].sum() / len(_RECALLS))


def recall_at(counted: Curve, false_boxes: float = 1.0) -> float:
    """Most that a threshold finds with no more than so many false boxes a picture.

    Returns:
        Share of the boxes that there were to find, 0-1, or NaN where there were none.
    """
    if not counted.wanted:
        return float("nan")
    allowed = counted.thresholds & (counted.false <= false_boxes * counted.pictures)
    return float(counted.right[allowed].max(initial=0) / counted.wanted)
