"""Weights of links, beside a search for them by SciPy."""

import json

import numpy as np
import pytest
from scipy.optimize import minimize

from passerby.errors import ConfigError
from passerby.matching.link_candidates import LINK_TERMS, LinkCandidates
from passerby.matching.link_model import LinkExamples, LinkModel

TRUTH = np.array([3.0, -6.0, 0.5, 2.0, -3.0, -1.0, 0.3])


def drawn(seed, count=300):
    """Choices of tracks that have one to six candidates, made as the model says."""
    rng = np.random.default_rng(seed)
    later = np.repeat(np.arange(count), rng.integers(1, 7, count))
    d, t, back = (
        rng.uniform(0, 1.4, len(later)),
        rng.random(len(later)),
        rng.random(len(later)) < 0.3,
    )
    terms = np.stack([np.ones_like(d), d, d * d, t, t * t, back * 1.0, back * t], axis=1)
    chosen = np.zeros(len(later), np.bool_)
    for track in range(count):
        own = np.flatnonzero(later == track)
        odds = np.array([1.0, *np.exp(terms[own] @ TRUTH)])
        choice = rng.choice(len(odds), p=odds / odds.sum())
        if choice:
            chosen[own[choice - 1]] = True
    return LinkExamples(LinkCandidates(np.arange(len(later)), later, terms), chosen)


def loss(weights, scenes):
    """Negative log likelihood, track by track, and the ridge."""
    total = 0.005 * weights @ weights
    for scene in scenes:
        odds = np.exp(scene.candidates.terms @ weights)
        for track in range(scene.candidates.later.max() + 1):
            own = scene.candidates.later == track
            chosen = odds[own][scene.goes_on[own]]
            total -= np.log((chosen[0] if len(chosen) else 1) / (1 + odds[own].sum()))
    return total


def test_the_weights_are_the_likeliest_ones():
    scenes = [drawn(1, 120), drawn(2, 80)]
    found = np.array(LinkModel.fitted(scenes).weights)
    best = minimize(loss, np.zeros(len(TRUTH)), (scenes,), method="BFGS")
    assert loss(found, scenes) == pytest.approx(best.fun, abs=1e-4)
    np.testing.assert_allclose(found, best.x, atol=0.02)


def test_of_many_choices_the_truth_is_found_and_shares_are_right():
    model = LinkModel.fitted([drawn(seed, 800) for seed in range(5)])
    test = drawn(99, 3000)
    odds, later = model.weigh(test.candidates), test.candidates.later
    shares = odds / (1 + np.bincount(later, odds)[later])
    for low in (0.1, 0.3, 0.5, 0.7):
        own = (shares >= low) & (shares < low + 0.2)
        assert own.sum() > 50
        assert test.goes_on[own].mean() == pytest.approx(shares[own].mean(), abs=0.08)


def test_who_is_always_found_gets_finite_weights():
    scene = drawn(1)
    scene.candidates.terms[:, 1] = np.where(scene.goes_on, 0.1, 0.9)
    scene.candidates.terms[:, 2] = scene.candidates.terms[:, 1] ** 2
    weights = LinkModel.fitted([scene]).weights
    assert np.isfinite(weights).all()
    assert max(map(abs, weights)) < 100


def test_without_pairs_nothing_is_fitted():
    nobody = np.zeros(0, np.intp)
    empty = LinkExamples(
        LinkCandidates(nobody, nobody, np.zeros((0, len(LINK_TERMS)))), np.zeros(0, np.bool_)
    )
    with pytest.raises(ConfigError, match="no pair"):
        LinkModel.fitted([empty])
    assert len(LinkModel(tuple(TRUTH)).weigh(empty.candidates)) == 0


@pytest.mark.parametrize(
    ("weights", "same"), [((1.0,), 0.9), ((np.nan,) * 7, 0.9), ((0.0,) * 7, 0.0), ((0.0,) * 7, 1.5)]
)
def test_what_is_no_model_is_refused(weights, same):
    with pytest.raises(ConfigError):
        LinkModel(weights, same)


def test_the_model_that_comes_with_passerby_says_what_it_was_fitted_on():
    model = LinkModel.named("passerby-signature")
    assert set(json.loads(json.dumps(model.as_dict()))["weights"]) == set(LINK_TERMS)
    assert {"scenes", "seeds", "cameras", "operators"} <= set(model.card)
    close, far = np.zeros((2, len(LINK_TERMS)))
    close[:4], far[:4] = (1, 0.2, 0.04, 0.3), (1, 1.1, 1.21, 0.3)
    candidates = LinkCandidates(np.arange(2), np.arange(2), np.stack([close, far]))
    near, away = model.weigh(candidates)
    assert near > 1 > away


def test_an_unknown_network_has_no_model():
    with pytest.raises(ConfigError, match="nobodys-network"):
        LinkModel.named("nobodys-network")
