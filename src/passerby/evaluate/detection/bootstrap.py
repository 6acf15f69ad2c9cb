"""How far figures vary with the pictures that they were measured on."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, InputError
from passerby.evaluate.detection.curves import Curve, curve
from passerby.evaluate.detection.ranking import Ranking
from passerby.evaluate.statistics import Interval

__all__ = ["CurveFigure", "interval", "ratio"]

CurveFigure = Callable[[Curve], float]
"""What is read off a curve, such as `average_precision`."""

_Figures = npt.NDArray[np.float64]


def interval(
    figure: CurveFigure,
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
    figure: CurveFigure,
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
        raise InputError("the two were measured on different pictures: a ratio is meaningless")
    above, below = _drawn(figure, [first, second], draws, seed).T
    unknown = np.full_like(above, np.nan)
    return _percentiles(np.divide(above, below, out=unknown, where=below > 0), confidence)


def _drawn(figure: CurveFigure, rankings: Sequence[Ranking], draws: int, seed: int) -> _Figures:
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


def _percentiles(figures: _Figures, confidence: float) -> Interval:
    if not 0 < confidence < 1:
        raise ConfigError(f"a confidence must be between 0 and 1, not {confidence}")
    known = figures[~np.isnan(figures)]
    if not len(known):
        return Interval(float("nan"), float("nan"), confidence)
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high), confidence)
