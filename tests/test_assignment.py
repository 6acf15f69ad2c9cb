"""Pairs that are worth most together, as scipy chooses them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from passerby.assignment import best_pairs
from passerby.geometry import intersection_over_union


def check(worth: np.ndarray) -> None:
    """The pairs are scipy's, among them those that are worth something."""
    expected = [
        pair
        for pair in zip(*linear_sum_assignment(worth, maximize=True), strict=True)
        if worth[pair] > 0
    ]
    assert list(zip(*best_pairs(worth), strict=True)) == expected


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_they_are_those_of_scipy(height: int, width: int, seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    worth = rng.random((height, width)) * (rng.random((height, width)) < share)
    check(worth)
    check(np.round(4 * worth))  # many are worth the same


@pytest.mark.parametrize("shape", [(60, 60), (40, 90), (90, 40)])
def test_large_tables_agree_with_scipy(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(7)
    check(rng.random(shape))
    check(rng.integers(0, 600, shape) * (rng.random(shape) < 0.05))


@pytest.mark.parametrize("seed", range(5))
def test_a_crowd_agrees_with_scipy_a_moment_later(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 400, (30, 2))
    boxes = np.hstack([corners, corners + np.array([40, 120])]).astype(np.float32)
    later = (boxes + rng.normal(0, 8, boxes.shape))[rng.permutation(30)].astype(np.float32)
    overlap = intersection_over_union(boxes, later)
    overlap[overlap < 0.2] = 0
    check(overlap)


def test_a_row_gives_way_where_another_has_no_choice() -> None:
    rows, columns = best_pairs([[9, 8], [9, 0]])
    assert (rows.tolist(), columns.tolist()) == ([0, 1], [1, 0])


def test_whatever_is_worth_nothing_is_left_alone() -> None:
    rows, columns = best_pairs([[0, 0, 0], [0, 0, 3]])
    assert (rows.tolist(), columns.tolist()) == ([1], [2])


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (2, 3)])
def test_nothing_is_chosen_from_nothing(shape: tuple[int, int]) -> None:
    rows, columns = best_pairs(np.zeros(shape))
    assert rows.size == columns.size == 0
