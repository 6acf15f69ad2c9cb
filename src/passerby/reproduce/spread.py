"""How sure a mean over few seeds is."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from passerby.evaluate.statistics import Interval
from passerby.extras import needing

__all__ = ["SeedSpread", "seed_spread"]

Key = TypeVar("Key")

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class SeedSpread:
    """How far figures of one kind scatter over seeds.

    A few seeds alone say next to nothing, so that the deviation is pooled over all that is alike.

    Attributes:
        variance: Of one figure around the mean of its group.
        freedom: Degrees of freedom that it was worked out with.
    """

    variance: float
    freedom: int

    def interval(self, mean: float, share: float) -> Interval:
        """Return the interval of Student's t around a mean.

        Args:
            mean: Of some figures.
            share: Variance of the mean over that of one figure: 1/n for n figures.
        """
        reach = float(_student().ppf((1 + CONFIDENCE) / 2, self.freedom))
        half = reach * (self.variance * share) ** 0.5
        return Interval(mean - half, mean + half, CONFIDENCE)

    def p(self, mean: float, share: float) -> float:
        """Return p of Student's t for a mean that is not 0, two-sided; see `interval`."""
        error = (self.variance * share) ** 0.5
        if error == 0:
            return float(mean == 0)
        return float(2 * _student().sf(abs(mean) / error, self.freedom))


def _student() -> Any:  # noqa: ANN401
    with needing("evaluate", "an interval"):
        from scipy import stats  # noqa: PLC0415  (an extra)
    return stats.t


def seed_spread(
    groups: Mapping[Key, Sequence[float]], networks: Mapping[Key, Hashable]
) -> SeedSpread | None:
    """Pool the deviation of figures around the means of their groups.

    Groups of the same networks say together no more of how trainings scatter than one of them
    does: their variances are averaged, and count once.

    Args:
        groups: Figures of one kind, one a seed, by what they are of.
        networks: Which networks the figures of each group come from.

    Returns:
        None where each group has but one seed.

    Example:
        >>> found = seed_spread({"a": [1.0, 3.0], "b": [5.0, 5.0]}, {"a": "one", "b": "other"})
        >>> found.variance, found.freedom
        (1.0, 2)
        >>> seed_spread({"a": [1.0, 3.0], "b": [5.0, 5.0]}, {"a": "one", "b": "one"}).freedom
        1
    """
    together: dict[Hashable, list[Sequence[float]]] = {}
    for key, values in groups.items():
        if len(values) > 1:
            together.setdefault(networks[key], []).append(values)
    if not together:
        return None
    freedoms = [max(len(values) - 1 for values in alike) for alike in together.values()]
    variances = [
        float(np.mean([np.var(values, ddof=1) for values in alike])) for alike in together.values()
    ]
    return SeedSpread(float(np.average(variances, weights=freedoms)), sum(freedoms))
