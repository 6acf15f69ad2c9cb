"""Smooth curves, as scipy draws them."""

import numpy as np
import pytest
from scipy.interpolate import pchip_interpolate

from passerby.synth.curve import smooth_curve


@pytest.mark.parametrize("count", [2, 3, 4, 9])
@pytest.mark.parametrize("seed", range(10))
def test_they_are_scipys(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.cumsum(rng.uniform(0.1, 1, count))
    y = rng.normal(0, 2, (count, 4))
    y[:, 1] = np.round(y[:, 1])  # level here and there
    y[:, 2] = np.sort(y[:, 2])
    at = np.linspace(x[0], x[-1], 41)
    np.testing.assert_allclose(smooth_curve(x, y, at), pchip_interpolate(x, y, at), atol=1e-12)


def test_they_pass_through_their_points_and_no_further() -> None:
    x, y = np.array([0.0, 1, 3, 4]), np.array([[0.0], [1], [1], [0]])
    np.testing.assert_allclose(smooth_curve(x, y, x), y, atol=1e-15)
    curve = smooth_curve(x, y, np.linspace(0, 4, 101))
    assert curve.min() >= 0
    assert curve.max() <= 1
