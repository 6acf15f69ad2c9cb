import numpy as np
import pytest
from sklearn.linear_model import Ridge as Oracle

from passerby.attack.ridge import STRENGTHS, affine_of_moments, chosen_ridge, fitted_ridge


@pytest.mark.parametrize(("rows", "columns"), [(50, 8), (12, 30)])
def test_it_is_the_ridge_of_scikit_learn_on_scaled_columns(rows, columns):
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(rows, columns)) * rng.uniform(0.1, 9, columns) + 3
    targets = rng.normal(size=(rows, 2))
    scaled = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    penalty = 0.1 * np.square(np.linalg.svd(scaled, compute_uv=False)).mean()
    oracle = Oracle(alpha=penalty).fit(scaled, targets)
    found = fitted_ridge(inputs, targets, 0.1)
    np.testing.assert_allclose(found(inputs), oracle.predict(scaled), atol=1e-9)


def test_columns_that_do_not_vary_count_for_nothing():
    rng = np.random.default_rng(0)
    inputs = np.concatenate([rng.normal(size=(20, 3)), np.full((20, 1), 0.7)], axis=1)
    targets = inputs[:, :1]
    other = inputs.copy()
    other[:, 3] = 100
    found = fitted_ridge(inputs, targets, 1e-3)
    np.testing.assert_array_equal(found(inputs), found(other))
    constant = fitted_ridge(np.ones((20, 4)), targets, 1e-3)
    np.testing.assert_allclose(constant(np.ones((2, 4))), targets.mean())


def test_the_penalty_is_chosen_on_rows_held_out():
    rng = np.random.default_rng(1)
    inputs, held = rng.normal(size=(2, 30, 40))
    targets, held_targets = rng.normal(size=(2, 30, 1))  # noise: nothing can be learned
    chosen = chosen_ridge(inputs, targets, held, held_targets)
    weakest = fitted_ridge(inputs, targets, STRENGTHS[-1])
    np.testing.assert_allclose(chosen.weights, weakest.weights)
    exact = inputs @ rng.normal(size=(40, 1))
    chosen = chosen_ridge(inputs, exact, inputs, exact)
    np.testing.assert_allclose(chosen.weights, fitted_ridge(inputs, exact, STRENGTHS[0]).weights)


def of_moments(inputs, targets, strength):
    rows = np.concatenate([inputs, np.ones((len(inputs), 1))], axis=1)
    return affine_of_moments(rows.T @ rows, rows.T @ targets, strength)


def test_moments_are_enough_for_an_affine_map():
    rng = np.random.default_rng(2)
    inputs, targets = rng.normal(3, 2, (60, 5)), rng.normal(size=(60, 2))
    penalty = 0.1 * inputs.var(axis=0).sum() * 60 / 5
    oracle = Oracle(alpha=penalty).fit(inputs, targets)
    weights, offset = of_moments(inputs, targets, 0.1)
    np.testing.assert_allclose(inputs @ weights + offset, oracle.predict(inputs), atol=1e-5)


@pytest.mark.parametrize("value", [0.0, 127.0, 255.0])
def test_inputs_that_are_all_the_same_give_the_mean(value):
    targets = np.random.default_rng(3).normal(size=(100_000, 3))
    inputs = np.full((100_000, 20), value)
    weights, offset = of_moments(inputs, targets, 1e-4)
    np.testing.assert_allclose(inputs[0] @ weights + offset, targets.mean(axis=0), atol=1e-6)


def test_what_was_held_out_is_learned_from_too_if_that_is_asked():
    rng = np.random.default_rng(2)
    inputs, held = rng.normal(size=(20, 4)), rng.normal(size=(10, 4))
    targets, held_targets = inputs @ np.ones((4, 1)), held @ np.ones((4, 1))
    found = chosen_ridge(inputs, targets, held, held_targets, again=True)
    every = np.concatenate([inputs, held]), np.concatenate([targets, held_targets])
    same = fitted_ridge(*every, STRENGTHS[0])  # no noise: the least penalty
    np.testing.assert_allclose(found(held), same(held))
