"""Links weighed against each other, beside a sum over all ways to choose them."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from passerby.errors import ConfigError
from passerby.matching.association import link_marginals


def in_a_table(weights):
    """What `link_marginals` says of a table of weights, in which 0 is no link."""
    rows, columns = np.nonzero(weights)
    found = np.zeros_like(weights)
    found[rows, columns] = link_marginals(weights[rows, columns], rows, columns)
    return found


def by_counting(weights):
    """Go through all ways in which each row takes one column or none, and none is taken twice."""
    rows, columns = weights.shape
    total, found = 0.0, np.zeros_like(weights)
    for way in product(range(-1, columns), repeat=rows):
        taken = [column for column in way if column >= 0]
        if len(set(taken)) < len(taken):
            continue
        weight = np.prod([weights[row, column] for row, column in enumerate(way) if column >= 0])
        total += weight
        for row, column in enumerate(way):
            if column >= 0:
                found[row, column] += weight
    return found / total


@pytest.mark.parametrize(
    "weights",
    [
        np.array([[3.0, 0.5, 0.0]]),
        np.array([[3.0], [0.5], [0.2]]),
        np.array([[2.0, 1.0, 0.0], [0.0, 4.0, 0.3], [0.0, 0.0, 5.0]]),
        np.zeros((2, 3)),
    ],
    ids=["one row", "one column", "a chain", "nothing"],
)
def test_without_circles_it_is_exact(weights):
    np.testing.assert_allclose(in_a_table(weights), by_counting(weights), atol=1e-7)


@pytest.mark.parametrize("seed", range(8))
def test_with_circles_it_is_near(seed):
    weights = np.exp(np.random.default_rng(seed).normal(0, 2, (4, 5)))
    np.testing.assert_allclose(in_a_table(weights), by_counting(weights), atol=0.12)


def test_what_is_likely_elsewhere_makes_less_likely_what_it_rules_out():
    alone = in_a_table(np.array([[2.0]]))[0, 0]
    with_rival = in_a_table(np.array([[2.0], [200.0]]))[0, 0]
    assert alone == pytest.approx(2 / 3)
    assert with_rival < 0.02


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float64, st.tuples(st.integers(0, 6), st.integers(0, 6)), elements=st.floats(0, 1e12))
)
def test_nobody_goes_on_as_more_than_one(weights):
    found = in_a_table(weights)
    assert found.shape == weights.shape
    assert ((found >= 0) & (found <= 1 + 1e-9)).all()
    assert (found.sum(axis=1) <= 1 + 1e-6).all()
    assert (found[weights == 0] == 0).all()


def test_a_link_that_cannot_be_changes_nothing():
    rows, columns = np.array([0, 0, 1]), np.array([0, 1, 1])
    found = link_marginals(np.array([2.0, 0.0, 5.0]), rows, columns)
    np.testing.assert_allclose(found, [2 / 3, 0, 5 / 6])


@pytest.mark.parametrize("weight", [-1.0, np.inf, np.nan])
def test_what_is_no_weight_is_refused(weight):
    with pytest.raises(ConfigError, match="finite"):
        link_marginals(np.array([weight]), np.array([0]), np.array([0]))


def test_links_without_ends_are_refused():
    with pytest.raises(ConfigError, match="a row, a column and a weight"):
        link_marginals(np.array([1.0, 2.0]), np.array([0]), np.array([0]))
