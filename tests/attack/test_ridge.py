import numpy as np
import pytest
from sklearn.linear_model import Ridge as Oracle

from passerby.attack.ridge import STRENGTHS, chosen_ridge, fitted_ridge


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
