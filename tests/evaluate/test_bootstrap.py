"""Intervals from whole groups drawn with replacement."""

import numpy as np
import pytest

from passerby.errors import ConfigError, InputError
from passerby.evaluate.bootstrap import bootstrap_over_groups, estimated_ratio


def test_single_figures_vary_as_the_normal_approximation_says() -> None:
    figures = np.random.default_rng(0).normal(0.1, 1, 400)
    found = bootstrap_over_groups(figures, np.arange(400))
    error = figures.std() / np.sqrt(400)
    assert found.low == pytest.approx(figures.mean() - 1.96 * error, abs=0.01)
    assert found.high == pytest.approx(figures.mean() + 1.96 * error, abs=0.01)
    assert found.confidence == 0.95


def test_figures_of_one_group_count_together() -> None:
    each = np.random.default_rng(0).normal(size=50)
    alone = bootstrap_over_groups(each, np.arange(50))
    tenfold = bootstrap_over_groups(np.repeat(each, 10), np.repeat(np.arange(50), 10))
    assert (tenfold.low, tenfold.high) == pytest.approx((alone.low, alone.high))


def test_groups_of_different_sizes_by_enumeration() -> None:
    # Two groups, one figure of 0 and three of 1: the mean is 0, 3/4 or 1 at 1/4, 1/2, 1/4.
    found = bootstrap_over_groups(np.array([0.0, 1, 1, 1]), np.array([7, 9, 9, 9]), confidence=0.4)
    assert (found.low, found.high) == (0.75, 0.75)
    wide = bootstrap_over_groups(np.array([0.0, 1, 1, 1]), np.array([7, 9, 9, 9]))
    assert (wide.low, wide.high) == (0, 1)


def test_the_same_seed_draws_the_same() -> None:
    figures = np.random.default_rng(0).normal(size=30)
    one, same, other = (bootstrap_over_groups(figures, np.arange(30), seed=s) for s in (1, 1, 2))
    assert one == same != other


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ConfigError, match="between 0 and 1, not 1"):
        bootstrap_over_groups(np.zeros(3), np.arange(3), confidence=1)
    with pytest.raises(InputError, match="3 differences and 2 groups"):
        bootstrap_over_groups(np.zeros(3), np.arange(2))
    with pytest.raises(InputError, match="0 differences and 0 groups"):
        bootstrap_over_groups(np.zeros(0), np.arange(0))


def test_ratios_vary_as_the_delta_method_says() -> None:
    rng = np.random.default_rng(1)
    below = rng.uniform(1, 3, 500)
    above = 0.4 * below + rng.normal(0, 0.3, 500)
    found = estimated_ratio(above, below)
    assert found.value == pytest.approx(above.sum() / below.sum())
    error = (above - found.value * below).std() / np.sqrt(500) / below.mean()
    assert found.interval.low == pytest.approx(found.value - 1.96 * error, abs=0.002)
    assert found.interval.high == pytest.approx(found.value + 1.96 * error, abs=0.002)


def test_rows_without_weight_leave_a_ratio_as_it_is() -> None:
    found = estimated_ratio(np.array([1.0, 0, 0]), np.array([2.0, 0, 0]))
    assert (found.value, found.interval.low, found.interval.high) == (0.5, 0.5, 0.5)
    nothing = estimated_ratio(np.zeros(2), np.zeros(2))
    assert np.isnan([nothing.value, nothing.interval.low, nothing.interval.high]).all()


def test_a_ratio_needs_as_many_rows_above_as_below() -> None:
    with pytest.raises(InputError, match="there are 2 figures over 3"):
        estimated_ratio(np.zeros(2), np.ones(3))
    with pytest.raises(InputError, match="there are 0 figures over 0"):
        estimated_ratio(np.zeros(0), np.zeros(0))
