"""Epsilon against an integral, against an accountant of another kind, and against what is known."""

from math import exp, inf, log, pi, sqrt

import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.train.federated.privacy import delta_of, epsilon_of


def hockey_stick(epsilon, noise, rounds):
    """Integrate max(0, p - e^epsilon q) of two Gaussians that lie 2 sqrt(rounds) clips apart."""
    apart = 2 * sqrt(rounds) / noise
    x = np.linspace(-12, 12 + apart, 400_001)
    p = np.exp(-np.square(x - apart) / 2) / sqrt(2 * pi)
    q = np.exp(-np.square(x) / 2) / sqrt(2 * pi)
    return float(np.trapezoid(np.maximum(p - exp(epsilon) * q, 0), x))


@pytest.mark.parametrize(
    ("epsilon", "noise", "rounds"), [(1.0, 4.0, 4), (3.0, 2.0, 2), (0.2, 8, 1)]
)
def test_delta_is_the_integral(epsilon, noise, rounds):
    assert delta_of(epsilon, noise, rounds) == pytest.approx(
        hockey_stick(epsilon, noise, rounds), rel=1e-5
    )


@pytest.mark.parametrize("noise", [0.5, 1.0, 4.0, 20.0])
@pytest.mark.parametrize("rounds", [1, 10, 100])
def test_it_is_below_what_renyi_divergences_bound_and_not_far(noise, rounds):
    """Mironov 2017: order a costs rounds a (2 / noise)^2 / 2; converted as Canonne et al. 2020."""
    delta = 1e-5
    bounds = [
        rounds * a * (2 / noise) ** 2 / 2 + log((a - 1) / a) - (log(delta) + log(a)) / (a - 1)
        for a in np.concatenate([np.linspace(1.01, 10, 2000), np.linspace(10, 2000, 4000)])
    ]
    exact = epsilon_of(noise, rounds, delta)
    assert 0.75 * min(bounds) < exact <= min(bounds)


def test_what_is_known_of_one_standard_deviation():
    """A Gaussian mechanism of mu 1 is (4.377, 1e-5)-private (Balle and Wang's calibration)."""
    assert epsilon_of(2.0, 1, 1e-5) == pytest.approx(4.377, abs=1e-3)


def test_delta_is_given_back():
    for noise, rounds in ((1.0, 20), (0.1, 5), (30.0, 3)):
        assert delta_of(epsilon_of(noise, rounds, 1e-6), noise, rounds) == pytest.approx(1e-6)


def test_more_rounds_cost_more_and_more_noise_costs_less():
    assert epsilon_of(2, 4, 1e-5) > epsilon_of(2, 3, 1e-5) > epsilon_of(3, 3, 1e-5)
    assert epsilon_of(0, 1, 1e-5) == inf
    assert epsilon_of(1e6, 1, 1e-5) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("bad", [(-1, 1, 0.1), (1, 0, 0.1), (1, 1, 0), (1, 1, 1), (1, 1, -0.5)])
def test_what_is_out_of_range_is_refused(bad):
    with pytest.raises(ConfigError, match="noise is"):
        epsilon_of(*bad)
