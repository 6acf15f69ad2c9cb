"""Pooled deviations, against the textbook and SciPy."""

import numpy as np
import pytest
from scipy import stats

from passerby.reproduce.spread import seed_spread


def test_one_group_has_the_usual_interval_of_students_t() -> None:
    values = [1.0, 4.0, 2.0, 7.0]
    expected = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    spread = seed_spread({"a": values}, {"a": "network"})
    assert spread is not None
    found = spread.interval(3.5, 1 / 4)
    assert (found.low, found.high) == pytest.approx(expected)


def test_p_goes_with_the_interval() -> None:
    values = [1.0, 4.0, 2.0, 7.0]
    spread = seed_spread({"a": values}, {"a": "network"})
    assert spread is not None
    assert spread.p(3.5, 1 / 4) == pytest.approx(stats.ttest_1samp(values, 0).pvalue)
    low = spread.interval(3.5, 1 / 4).low
    assert spread.p(3.5 - low, 1 / 4) == pytest.approx(0.05)
    still = seed_spread({"a": [2.0, 2.0]}, {"a": "network"})
    assert still is not None
    assert (still.p(2, 1 / 2), still.p(0, 1 / 2)) == (0, 1)


def test_the_variance_is_that_of_an_analysis_of_variance() -> None:
    groups = {"a": [1.0, 3.0], "b": [6.0, 6.5, 8.0], "c": [2.0]}
    residuals = np.concatenate([np.array(values) - np.mean(values) for values in groups.values()])
    spread = seed_spread(groups, {name: name for name in groups})
    assert spread is not None
    assert spread.freedom == len(residuals) - len(groups)
    assert spread.variance == pytest.approx((residuals**2).sum() / spread.freedom)


def test_groups_of_the_same_networks_count_once() -> None:
    groups = {"a": [1.0, 3.0], "b": [10.0, 14.0], "c": [5.0, 6.0, 7.0]}
    spread = seed_spread(groups, {"a": "one", "b": "one", "c": "other"})
    assert spread is not None
    assert spread.freedom == 1 + 2
    # Variances: 2 and 8 of the one, 1 of the other, which has twice the weight.
    assert spread.variance == pytest.approx((5 * 1 + 1 * 2) / 3)


@pytest.mark.slow
def test_networks_that_scatter_as_one_do_not_look_sure() -> None:
    """Effects of one network that move together: intervals must hold as often as they say."""
    random = np.random.default_rng(0)
    held = 0
    for _ in range(2000):
        shared = random.normal(size=2)
        groups = {name: shared.tolist() for name in "abcde"}
        spread = seed_spread(groups, dict.fromkeys(groups, "network"))
        assert spread is not None
        interval = spread.interval(float(shared.mean()), 1 / 2)
        held += interval.low < 0 < interval.high
    assert 0.93 < held / 2000 < 0.97


@pytest.mark.parametrize("groups", [{}, {"a": []}, {"a": [1.0], "b": [2.0]}])
def test_single_seeds_say_nothing(groups: dict[str, list[float]]) -> None:
    assert seed_spread(groups, {name: name for name in groups}) is None
