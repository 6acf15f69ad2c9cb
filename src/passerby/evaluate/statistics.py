"""Tests of whether two series of paired figures differ, or are as good as equal.

Pairs are, for example, the average precision of the same query under two conditions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, InputError
from passerby.extras import needing

__all__ = [
    "Alternative",
    "Equivalence",
    "Figures",
    "Interval",
    "check_can_test",
    "check_lengths",
    "equivalence",
    "holm",
    "paired_t",
    "wilcoxon",
]

Alternative = Literal["two-sided", "less", "greater"]
"""What is sought: any difference, second below first, or second above first."""

Figures = npt.NDArray[np.float64]
"""One figure for each thing."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure lies with a given confidence."""

    low: float
    high: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Equivalence:
    """What two one-sided tests say.

    Attributes:
        margin: Differences smaller than this do not matter.
        p: Of the weaker of the two tests; small means that the mean difference is smaller.
    """

    margin: float
    p: float


def check_can_test() -> None:
    """Find out before the work whether series can be compared.

    Raises:
        ConfigError: If scipy is not installed.
    """
    _stats()


def paired_t(first: Figures, second: Figures, alternative: Alternative = "two-sided") -> float:
    """Return p of the paired t-test, as Dietlmeier et al. (section IV-B) use it.

    Where all differences are equal there is nothing to estimate: p is 0, or 1 if they do not
    point the way that is sought.

    Raises:
        ConfigError: If the alternative is unknown, or scipy is not installed.
        InputError: If the lengths differ or there are fewer than two pairs.
    """
    return _t_p(_differences(first, second), alternative)


def wilcoxon(first: Figures, second: Figures, alternative: Alternative = "two-sided") -> float:
    """Return p of Wilcoxon's signed-rank test; pairs without a difference keep a rank (Pratt 1959).

    Raises:
        ConfigError: If the alternative is unknown, or scipy is not installed.
        InputError: If the lengths differ or there are fewer than two pairs.
    """
    differences = _differences(first, second)
    _check_alternative(alternative)
    if not differences.any():
        return 1.0
    found = _stats().wilcoxon(differences, zero_method="pratt", alternative=alternative)
    return float(found.pvalue)


def equivalence(first: Figures, second: Figures, margin: float) -> Equivalence:
    """Test whether the mean difference lies within a margin: two one-sided t-tests (TOST).

    Raises:
        ConfigError: If the margin is not above 0, or scipy is not installed.
        InputError: If the lengths differ or there are fewer than two pairs.
    """
    if not margin > 0:
        raise ConfigError(f"a margin of equivalence must be above 0, not {margin}: state one")
    differences = _differences(first, second)
    above = _t_p(differences + margin, "greater")
    below = _t_p(differences - margin, "less")
    return Equivalence(margin, max(above, below))


def holm(p: Sequence[float]) -> list[float]:
    """Correct the p of several tests so that the chance of any false alarm is kept (Holm 1979).

    Example:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    scaled = np.asarray(p)[order] * np.arange(len(p), 0, -1)
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return [float(value) for value in corrected]


def _differences(first: Figures, second: Figures) -> Figures:
    """Second less first, after looking at the lengths."""
    check_lengths(first, second)
    if len(first) < 2:
        raise InputError(f"a paired test needs 2 complete pairs or more, not {len(first)}")
    return np.asarray(second, np.float64) - np.asarray(first, np.float64)


def check_lengths(*series: npt.NDArray[np.generic]) -> None:
    """Make sure that all series have one length.

    Raises:
        InputError: If they do not.
    """
    lengths = [len(one) for one in series]
    if len(set(lengths)) > 1:
        raise InputError(
            f"paired series must have one length, not {lengths}: give figures of the same things"
        )


def _check_alternative(alternative: str) -> None:
    if alternative not in get_args(Alternative):
        known = ", ".join(get_args(Alternative))
        raise ConfigError(f"unknown alternative {alternative!r}: choose one of {known}")


def _t_p(differences: Figures, alternative: Alternative) -> float:
    _check_alternative(alternative)
    mean, deviation = differences.mean(), differences.std(ddof=1)
    if deviation <= np.finfo(np.float64).eps * abs(mean) or not differences.any():
        sought = {"two-sided": mean != 0, "less": mean < 0, "greater": mean > 0}
        return 0.0 if sought[alternative] else 1.0
    return float(_stats().ttest_1samp(differences, 0, alternative=alternative).pvalue)


def _stats() -> ModuleType:
    with needing("evaluate", "a statistical test"):
        from scipy import stats  # noqa: PLC0415  (an extra)
    return stats
