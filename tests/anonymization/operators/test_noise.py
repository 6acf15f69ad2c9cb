"""Noise and quantization: statistics against SciPy, values by a loop."""

import numpy as np
import pytest
from scipy.stats import kstest

from passerby.anonymization.operators import OPERATORS
from passerby.anonymization.operators.noise import add_noise, quantize
from passerby.anonymization.patches import Patch
from passerby.anonymization.strength import Strength

GREY = np.full((100, 120, 3), 128, np.uint8)
ALL_VALUES = np.arange(256, dtype=np.uint8)[:, None, None].repeat(3, axis=2)


def test_noise_is_normal_with_the_deviation_asked_for() -> None:
    difference = add_noise(GREY, 20, seed=5).astype(np.float64) - 128
    # Spread the rounded values evenly again, so that they can be held against a continuous law.
    spread = difference + np.random.default_rng(6).uniform(-0.5, 0.5, difference.shape)
    assert kstest(spread.ravel(), "norm", args=(0, 20)).pvalue > 0.01


def test_noise_is_cut_off_and_never_wraps() -> None:
    white = np.full((50, 50, 3), 255, np.uint8)
    found = add_noise(white, 5, seed=7)
    assert found.min() > 200
    assert (found == 255).mean() == pytest.approx(0.5, abs=0.05)


def test_noise_depends_on_the_seed_alone() -> None:
    np.testing.assert_array_equal(add_noise(GREY, 9, seed=1), add_noise(GREY, 9, seed=1))
    assert (add_noise(GREY, 9, seed=1) != add_noise(GREY, 9, seed=2)).mean() > 0.9


def test_noise_in_per_cent_of_the_range() -> None:
    found = OPERATORS["noise"](GREY, Patch((10, 10, 90, 90)), Strength(2, "%"), 3)
    np.testing.assert_array_equal(found, add_noise(GREY[10:90, 10:90], 5.1, seed=3))


@pytest.mark.parametrize("levels", [1, 2, 3, 15, 16, 64, 256])
def test_quantization_takes_the_middle_of_equal_parts(levels: int) -> None:
    found = quantize(ALL_VALUES, levels)[:, 0, 0]
    for value in range(256):
        part = next(n for n in range(levels) if (n + 1) * 256 > value * levels)
        middle = (2 * part + 1) * 128 / levels - 0.5
        assert abs(int(found[value]) - middle) <= 0.5
    assert len(set(found.tolist())) == levels


def test_the_default_leaves_two_values_in_each_channel() -> None:
    image = np.random.default_rng(8).integers(0, 256, (30, 30, 3), np.uint8)
    assert set(np.unique(OPERATORS["quantize"](image, Patch((0, 0, 30, 30)), None, 0))) == {64, 192}
