"""How sure a mean or a ratio is when figures belong together in groups."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, InputError
from passerby.evaluate.statistics import Figures, Interval

__all__ = ["Estimate", "bootstrap_over_groups", "estimated_ratio"]

DRAWS = 10_000
_BATCH = 500
"""Draws that are held in memory at a time."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, and how far it varies with what it was measured on.

    Attributes:
        value: NaN where there was nothing to measure.
        interval: Of the value; NaN twice likewise.
    """

    value: float
    interval: Interval


def bootstrap_over_groups(
    differences: Figures,
    groups: npt.NDArray[np.int64],
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Return the percentile interval of the mean when whole groups are drawn with replacement.

    Figures of the same person are alike: drawing them one by one makes intervals too narrow.

    Args:
        differences: Shape (n,).
        groups: Shape (n,).
        confidence: Between 0 and 1.
        seed: The same seed draws the same.

    Raises:
        ConfigError: If the confidence is out of range.
        InputError: If the lengths differ or there are none.
    """
    if len(differences) != len(groups) or not len(groups):
        raise InputError(
            f"there are {len(differences)} differences and {len(groups)} groups: give one of each"
        )
    _, group = np.unique(groups, return_inverse=True)
    sizes = np.bincount(group).astype(np.float64)
    sums = np.bincount(group, differences).astype(np.float64)
    return _interval(sums, sizes, confidence, seed)


def estimated_ratio(
    above: Figures, below: Figures, *, confidence: float = 0.95, seed: int = 0
) -> Estimate:
    """Return the ratio of two sums, with its interval when their rows are drawn with replacement.

    Args:
        above: Shape (n,), one figure a frame, say.
        below: Shape (n,), 0 or more; ones make the ratio a mean.
        confidence: Between 0 and 1.
        seed: The same seed draws the same.

    Returns:
        NaN where all of ``below`` is 0. Draws in which it is count for nothing.

    Raises:
        ConfigError: If the confidence is out of range.
        InputError: If the lengths differ or there are none.

    Example:
        >>> estimated_ratio(np.array([1.0, 3.0]), np.array([2.0, 2.0])).value
        1.0
    """
    if len(above) != len(below) or not len(below):
        raise InputError(f"there are {len(above)} figures over {len(below)}: give one of each")
    total = float(below.sum())
    value = float(above.sum()) / total if total else float("nan")
    return Estimate(value, _interval(above, below, confidence, seed))


def _interval(above: Figures, below: Figures, confidence: float, seed: int) -> Interval:
    if not 0 < confidence < 1:
        raise ConfigError(f"a confidence must be between 0 and 1, not {confidence}")
    generator = np.random.default_rng(seed)
    ratios = []
    for _ in range(0, DRAWS, _BATCH):
        drawn = generator.integers(len(below), size=(_BATCH, len(below)))
        sums = below[drawn].sum(axis=1)
        known = sums > 0
        ratios.append(above[drawn].sum(axis=1)[known] / sums[known])
    every = np.concatenate(ratios)
    if not len(every):
        return Interval(float("nan"), float("nan"), confidence)
    low, high = np.quantile(every, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high), confidence)
