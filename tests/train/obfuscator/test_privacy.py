"""Losses against slow loops, closed forms and a library."""

import itertools

import numpy as np
import pytest
import torch
from scipy.stats import energy_distance as scipy_energy_distance

from passerby.train.obfuscator.privacy import (
    energy_distance,
    explained_variance,
    pair_scores,
    reconstruction_leak,
    weighted_error,
)

GREY = torch.full((3, 1, 1), 0.5)


def pictures(seed, count=2):
    return torch.rand(count, 3, 4, 6, generator=torch.Generator().manual_seed(seed))


def test_errors_are_weighted_pixel_by_pixel():
    clear, other, weights = pictures(0), pictures(1), pictures(2)[:, :1]
    total, norm = 0.0, 0.0
    for number, y, x in itertools.product(range(2), range(4), range(6)):
        error = sum((clear[number, c, y, x] - other[number, c, y, x]) ** 2 for c in range(3)) / 3
        total += float(error * weights[number, 0, y, x])
        norm += float(weights[number, 0, y, x])
    assert float(weighted_error(clear, other, weights)) == pytest.approx(total / norm, rel=1e-5)


def test_where_nobody_is_nothing_is_known():
    nowhere = torch.zeros(2, 1, 4, 6)
    assert float(weighted_error(pictures(0), pictures(1), nowhere)) == 0
    assert torch.isnan(explained_variance(pictures(0), pictures(1), GREY, nowhere))


def test_explained_variance_is_the_coefficient_of_determination():
    clear = pictures(3)
    rebuilt = 0.6 * clear + 0.4 * 0.5
    everywhere = torch.ones(2, 1, 4, 6)
    residual = ((clear - rebuilt) ** 2).sum() / ((clear - 0.5) ** 2).sum()
    found = explained_variance(clear, rebuilt, GREY, everywhere)
    assert float(found) == pytest.approx(1 - float(residual), rel=1e-5)


def test_for_the_best_answer_the_leak_is_the_explained_variance():
    """Law of total variance: four groups of pixels, of which only the group can be seen."""
    rng = np.random.default_rng(0)
    groups = rng.integers(4, size=4000)
    values = rng.normal(groups / 4, 0.1)
    best = np.array([values[groups == one].mean() for one in range(4)])[groups]
    clear, rebuilt = (
        torch.from_numpy(one).reshape(1, 1, 1, -1).expand(1, 3, 1, -1) for one in (values, best)
    )
    mean = torch.full((3, 1, 1), float(values.mean()), dtype=torch.float64)
    weights = torch.ones(1, 1, 1, 4000, dtype=torch.float64)
    leak = float(reconstruction_leak(clear, rebuilt, mean, weights))
    explained = float(explained_variance(clear, rebuilt, mean, weights))
    assert leak == pytest.approx(explained, abs=1e-9)
    assert 0.5 < leak < 1


def test_inverted_colours_are_no_reward_for_the_bounded_loss():
    """The published loss rewards an attacker that is exactly wrong; this one punishes it."""
    clear, everywhere = pictures(4), torch.ones(2, 1, 4, 6)
    inverted = reconstruction_leak(clear, 1 - clear, GREY, everywhere)
    assert float(inverted) == pytest.approx(1.0, rel=1e-5)
    assert float(reconstruction_leak(clear, GREY.expand(2, 3, 4, 6), GREY, everywhere)) == 0


def test_the_leak_teaches_through_the_reconstruction_only():
    clear = pictures(5).requires_grad_()
    rebuilt = pictures(6).requires_grad_()
    reconstruction_leak(clear, rebuilt, GREY, torch.ones(2, 1, 4, 6)).backward()
    assert clear.grad is None
    assert (rebuilt.grad * (rebuilt - 0.5) >= 0).all()


def test_the_energy_distance_is_that_of_scipy():
    rng = np.random.default_rng(0)
    first, second = rng.normal(0.3, 0.2, 17), rng.normal(0.0, 0.3, 29)
    found = energy_distance(torch.from_numpy(first), torch.from_numpy(second))
    assert float(found) == pytest.approx(scipy_energy_distance(first, second) ** 2)


def test_the_energy_distance_is_0_for_equal_samples_and_where_one_is_empty():
    scores = torch.tensor([0.1, 0.5, 0.5], requires_grad=True)
    assert energy_distance(scores, scores).item() == pytest.approx(0, abs=1e-7)
    empty = energy_distance(scores, scores[:0])
    empty.backward()
    assert empty.item() == 0


def test_every_pair_is_scored_once():
    features = torch.tensor([[1.0, 0], [2, 0], [0, 3], [-1, 0]])
    same, different = pair_scores(features, torch.tensor([1, 1, 2, 3]))
    assert same.tolist() == [1]
    assert sorted(different.tolist()) == [-1, -1, 0, 0, 0]
