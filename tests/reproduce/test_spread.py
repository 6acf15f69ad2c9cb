"""Pooled intervals, against the textbook and SciPy."""

import numpy as np
import pytest
from scipy import stats

from passerby.reproduce.spread import intervals_over_seeds


def test_one_group_is_the_usual_interval_of_students_t() -> None:
    values = [1.0, 4.0, 2.0, 7.0]
    expected = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    found = intervals_over_seeds({"a": values})["a"]
    assert (found.low, found.high) == pytest.approx(expected)


def test_the_deviation_is_that_of_an_analysis_of_variance() -> None:
    groups = {"a": [1.0, 3.0], "b": [6.0, 6.5, 8.0], "c": [2.0]}
    variances = [np.var(values, ddof=1) for values in groups.values() if len(values) > 1]
    pooled = (variances[0] * 1 + variances[1] * 2) / 3
    for name, values in groups.items():
        half = stats.t.ppf(0.975, 3) * (pooled / len(values)) ** 0.5
        found = intervals_over_seeds(groups)[name]
        assert found.high - found.low == pytest.approx(2 * half)
        assert (found.high + found.low) / 2 == pytest.approx(np.mean(values))


@pytest.mark.parametrize("groups", [{}, {"a": []}, {"a": [1.0], "b": [2.0]}])
def test_single_seeds_have_no_interval(groups: dict[str, list[float]]) -> None:
    assert intervals_over_seeds(groups) == {}


def test_a_group_without_figures_has_none() -> None:
    assert set(intervals_over_seeds({"a": [1.0, 2.0], "b": []})) == {"a"}
