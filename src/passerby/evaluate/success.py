"""How often an attack succeeds, with an interval that whole people count in.

Figures of one person are alike, so people are drawn, not pictures. And no success at all is no
proof of 0: with n people, up to 3/n may have been missed (Clopper and Pearson 1934).
"""

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, InputError
from passerby.evaluate.bootstrap import Estimate
from passerby.evaluate.statistics import Figures, Interval

__all__ = ["clopper_pearson", "success_rate"]

_DRAWS = 2_000
_STEPS = 60
"""Of a bisection."""
_NORMAL = NormalDist()


def clopper_pearson(hits: int, trials: int, confidence: float = 0.95) -> Interval:
    """Return the exact interval of a share (Clopper and Pearson 1934).

    With no hits or nothing but hits it has one side, which gets all of the error: of 0 of 300,
    the upper end is 1.0 %.

    Raises:
        ConfigError: If the confidence is out of range.
        InputError: If there are no trials, or more hits than trials.

    Example:
        >>> round(clopper_pearson(0, 300).high, 4)
        0.0099
    """
    if not 0 < confidence < 1:
        raise ConfigError(f"a confidence must be between 0 and 1, not {confidence}")
    if not 0 <= hits <= trials or trials < 1:
        raise InputError(f"{hits} hits in {trials} trials: give 0 to as many hits as trials")
    one_sided = hits in (0, trials)
    error = 1 - confidence if one_sided else (1 - confidence) / 2
    low = 0.0 if hits == 0 else _root(lambda share: _at_least(hits, trials, share) - error)
    high = (
        1.0
        if hits == trials
        else _root(lambda share: error - (1 - _at_least(hits + 1, trials, share)))
    )
    return Interval(low, high, confidence)


def success_rate(
    successes: Figures,
    people: npt.NDArray[np.int64],
    *,
    confidence: float = 0.95,
    seed: int = 0,
    weights: Figures | None = None,
) -> Estimate:
    """Return the mean success and its interval, by drawing whole people with replacement.

    The interval is bias-corrected and accelerated (BCa; Efron 1987). Where all successes are 0, or
    all are 1, it is that of Clopper and Pearson with people as trials.

    Args:
        successes: Shape (n,), how often each try succeeds, 0-1; NaN counts for nothing.
        people: Shape (n,), whose try it was.
        confidence: Between 0 and 1.
        seed: The same seed draws the same.
        weights: Shape (n,), above 0: how much each try counts; by default all the same.

    Raises:
        ConfigError: If the confidence is out of range.
        InputError: If the lengths differ, or there is no try.
    """
    if not 0 < confidence < 1:
        raise ConfigError(f"a confidence must be between 0 and 1, not {confidence}")
    if successes.shape != people.shape:
        raise InputError(
            f"there are {len(successes)} successes of {len(people)} people: give one person for "
            "each"
        )
    known = ~np.isnan(successes)
    if not known.any():
        raise InputError("there is nothing to take the mean of: give one success or more")
    _, group = np.unique(people[known], return_inverse=True)
    counted = np.ones(len(group)) if weights is None else weights[known]
    sums = np.bincount(group, counted * successes[known]).astype(np.float64)
    counts = np.bincount(group, counted).astype(np.float64)
    value = float(sums.sum() / counts.sum())
    if not successes[known].any() or (successes[known] == 1).all():
        hits = len(sums) if successes[known].any() else 0
        return Estimate(value, clopper_pearson(hits, len(sums), confidence))
    return Estimate(value, _accelerated(sums, counts, confidence, seed))


def _accelerated(sums: Figures, counts: Figures, confidence: float, seed: int) -> Interval:
    value = sums.sum() / counts.sum()
    without = (sums.sum() - sums) / (counts.sum() - counts) if len(sums) > 1 else sums
    if np.ptp(without) < 1e-12:
        return Interval(float(value), float(value), confidence)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(len(sums), size=(_DRAWS, len(sums)))
    means = np.sort(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    below = (np.count_nonzero(means < value) + np.count_nonzero(means <= value)) / 2
    bias = _NORMAL.inv_cdf(min(max(below / _DRAWS, 1 / _DRAWS), 1 - 1 / _DRAWS))
    deviations = without.mean() - without
    skew = (deviations**3).sum() / (6 * (deviations**2).sum() ** 1.5)
    ends = []
    for tail in ((1 - confidence) / 2, (1 + confidence) / 2):
        shifted = bias + _NORMAL.inv_cdf(tail)
        ends.append(_NORMAL.cdf(bias + shifted / (1 - skew * shifted)))
    low, high = np.quantile(means, ends)
    return Interval(float(low), float(high), confidence)


def _at_least(hits: int, trials: int, share: float) -> float:
    """The probability of so many hits or more, where each trial hits with this probability."""
    if hits <= 0:
        return 1.0
    if share in (0, 1):
        return share
    more = np.arange(hits, trials)  # the ratio of one term of the binomial to the one before
    ratios = np.log((trials - more) / (more + 1) * share / (1 - share))
    whole = np.log(np.arange(1, trials + 1))
    first = whole.sum() - whole[:hits].sum() - whole[: trials - hits].sum()
    first += hits * np.log(share) + (trials - hits) * np.log1p(-share)
    return float(np.exp(first + np.append(0, np.cumsum(ratios))).sum())


def _root(rising: Callable[[float], float]) -> float:
    """Where a rising function of a share crosses 0."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2
