"""How sure a mean over few seeds is."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from scipy import stats

from passerby.evaluate.statistics import Interval

__all__ = ["intervals_over_seeds"]

Key = TypeVar("Key")

CONFIDENCE = 0.95


def intervals_over_seeds(groups: Mapping[Key, Sequence[float]]) -> dict[Key, Interval]:
    """Return an interval of the mean of each group, by the deviation that is common to all.

    A few seeds alone say next to nothing of how far they scatter. The deviation is therefore
    pooled: that of all figures around the means of their groups. The interval is that of Student's
    t with as many degrees of freedom as there are figures less groups.

    Args:
        groups: Figures of one kind, one a seed, by what they are of.

    Returns:
        Intervals of the groups that have a figure; none at all where each has but one.

    Example:
        >>> found = intervals_over_seeds({"a": [1.0, 3.0], "b": [5.0, 5.0]})
        >>> round(found["a"].low, 2), round(found["a"].high, 2)
        (-1.04, 5.04)
    """
    known = {key: np.asarray(values, np.float64) for key, values in groups.items() if len(values)}
    freedom = sum(len(values) - 1 for values in known.values())
    if freedom < 1:
        return {}
    squares = sum(float(((values - values.mean()) ** 2).sum()) for values in known.values())
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom)) * (squares / freedom) ** 0.5
    intervals = {}
    for key, values in known.items():
        mean, half = float(values.mean()), reach / len(values) ** 0.5
        intervals[key] = Interval(mean - half, mean + half, CONFIDENCE)
    return intervals
