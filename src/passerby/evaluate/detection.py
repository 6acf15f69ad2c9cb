"""How well people, or heads, are found: average precision, and recall at few false boxes.

A box that was found is right if it overlaps a box that was wanted enough and no better box took
that one. Boxes in places of which nothing is known are neither right nor wrong. All of it is as
COCO defines it (Lin et al. 2014, arXiv 1405.0312; cocodataset.org/#detection-eval), at one overlap
and for boxes of all sizes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections
from passerby.errors import ConfigError, InputError
from passerby.evaluate.statistics import Interval
from passerby.geometry import area, intersection, intersection_over_union

__all__ = [
    "Answer",
    "Curve",
    "Figure",
    "Ranking",
    "average_precision",
    "curve",
    "interval",
    "judge",
    "rank",
    "ratio",
    "recall_at",
]

NOWHERE: Boxes = np.zeros((0, 4), np.float32)
MOST_BOXES = 100
"""Of each picture, no more boxes than so many of the best count."""

RECALLS = np.linspace(0, 1, 101)
"""Where precision is read off."""

_SURE = 1 - 1e-10
"""COCO's way to let an overlap of 1 be reached."""

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a detector said about one picture.

    Attributes:
        scores: Shape (n,), of the boxes that count, best first.
        right: Shape (n,), whether each is right.
        wanted: How many boxes there were to find.
    """

    scores: npt.NDArray[np.float32]
    right: npt.NDArray[np.bool_]
    wanted: int


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """What a detector said about a set of pictures.

    Attributes:
        scores: Shape (n,), of the boxes of all pictures, best first.
        right: Shape (n,), whether each is right.
        pictures: Shape (n,), the number of the picture that each was found in.
        wanted: Shape (pictures,), how many boxes there were to find.
    """

    scores: npt.NDArray[np.float32]
    right: npt.NDArray[np.bool_]
    pictures: npt.NDArray[np.intp]
    wanted: Counts


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

    right: Numbers
    false: Numbers
    thresholds: npt.NDArray[np.bool_]
    wanted: int
    pictures: int


Figure = Callable[[Curve], float]
"""What is read off a curve, such as `average_precision`."""


def judge(
    found: Detections, wanted: Boxes, unknown: Boxes = NOWHERE, *, overlap: float = 0.5
) -> Answer:
    """Tell which boxes of one picture are right; all are of one kind.

    Args:
        found: What a detector found.
        wanted: Shape (n, 4), what there is to find.
        unknown: Shape (m, 4), places that may hold more of it. Boxes that are not right count
            for nothing if at least the share ``overlap`` of them lies in such a place.
        overlap: Least intersection over union of a box that is right, above 0 and at most 1.

    Raises:
        ConfigError: If the overlap is out of range.
        InputError: If a score is not a number.

    Example:
        >>> found = Detections.of([[0, 0, 10, 20], [50, 0, 60, 20]], scores=[0.9, 0.6])
        >>> judge(found, wanted=np.array([[1, 0, 11, 20]], np.float32)).right.tolist()
        [True, False]
    """
    if not 0 < overlap <= 1:
        raise ConfigError(f"overlap must be above 0 and at most 1, not {overlap}")
    if np.isnan(found.scores).any():
        raise InputError("a score is not a number: leave such boxes out")
    best = np.argsort(-found.scores, kind="stable")[:MOST_BOXES]
    boxes, scores = found.boxes[best], found.scores[best]
    least = min(overlap, _SURE)
    right = _taken(intersection_over_union(boxes, wanted), least)
    shares = intersection(boxes, unknown) / np.maximum(area(boxes), 1e-9)[:, None]
    counts = right | ~(shares >= least).any(axis=1)
    return Answer(scores[counts], right[counts], len(wanted))


def _taken(overlaps: npt.NDArray[np.float32], least: float) -> npt.NDArray[np.bool_]:
    """Let each row, from the first on, take the column that it overlaps most and that is free."""
    right = np.zeros(len(overlaps), np.bool_)
    free = overlaps[:, ::-1].copy()  # of columns that overlap as much, COCO takes the last
    for row in np.flatnonzero((free >= least).any(axis=1)):
        column = free[row].argmax()
        if free[row, column] >= least:
            right[row] = True
            free[:, column] = 0
    return right


def rank(answers: Sequence[Answer]) -> Ranking:
    """Put the boxes of all pictures into one order.

    Raises:
        InputError: If there are no pictures.
    """
    if not answers:
        raise InputError("there are no pictures to measure on: give one or more")
    scores = np.concatenate([answer.scores for answer in answers])
    right = np.concatenate([answer.right for answer in answers])
    pictures = np.repeat(np.arange(len(answers)), [len(answer.scores) for answer in answers])
    order = np.argsort(-scores, kind="stable")
    wanted = np.array([answer.wanted for answer in answers], np.int64)
    return Ranking(scores[order], right[order], pictures[order], wanted)


def curve(ranking: Ranking, times: Counts | None = None) -> Curve:
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
    first = np.searchsorted(right / counted.wanted, RECALLS)
    return float(best[first[first < len(best)]].sum() / len(RECALLS))


def recall_at(counted: Curve, false_boxes: float = 1.0) -> float:
    """Most that a threshold finds with no more than so many false boxes a picture.

    Returns:
        Share of the boxes that there were to find, 0-1, or NaN where there were none.
    """
    if not counted.wanted:
        return float("nan")
    allowed = counted.thresholds & (counted.false <= false_boxes * counted.pictures)
    return float(counted.right[allowed].max(initial=0) / counted.wanted)


def interval(
    figure: Figure,
    ranking: Ranking,
    *,
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Say how far a figure varies with the pictures: the percentile bootstrap over pictures.

    Args:
        figure: Such as `average_precision`.
        ranking: Of all pictures.
        draws: How often as many pictures are drawn with replacement.
        confidence: Between 0 and 1.
        seed: The same seed draws the same.

    Returns:
        NaN twice where there was nothing to find.

    Raises:
        ConfigError: If draws or confidence are out of range.
    """
    return _percentiles(_drawn(figure, [ranking], draws, seed)[:, 0], confidence)


def ratio(
    figure: Figure,
    first: Ranking,
    second: Ranking,
    *,
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Say how far the ratio of two figures, first over second, varies: the same draws for both.

    Args:
        figure: As in `interval`.
        first: Of one detector.
        second: Of another on the same pictures.
        draws: As in `interval`.
        confidence: As in `interval`.
        seed: As in `interval`.

    Raises:
        ConfigError: If draws or confidence are out of range.
        InputError: If there was not the same to find.
    """
    if not np.array_equal(first.wanted, second.wanted):
        raise InputError("the two were not measured on the same pictures: a ratio means nothing")
    above, below = _drawn(figure, [first, second], draws, seed).T
    unknown = np.full_like(above, np.nan)
    return _percentiles(np.divide(above, below, out=unknown, where=below > 0), confidence)


def _drawn(figure: Figure, rankings: Sequence[Ranking], draws: int, seed: int) -> Numbers:
    """The figure of each ranking in each draw of pictures; shape (draws, rankings)."""
    if draws < 1:
        raise ConfigError(f"draws must be 1 or more, not {draws}")
    count = len(rankings[0].wanted)
    generator = np.random.default_rng(seed)
    figures = np.empty((draws, len(rankings)))
    for row in figures:
        times = np.bincount(generator.integers(count, size=count), minlength=count)
        row[:] = [figure(curve(ranking, times)) for ranking in rankings]
    return figures


def _percentiles(figures: Numbers, confidence: float) -> Interval:
    if not 0 < confidence < 1:
        raise ConfigError(f"a confidence must be between 0 and 1, not {confidence}")
    known = figures[~np.isnan(figures)]
    if not len(known):
        return Interval(float("nan"), float("nan"), confidence)
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high), confidence)
