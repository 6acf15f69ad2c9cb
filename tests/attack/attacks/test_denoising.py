import cv2
import numpy as np
import pytest

from passerby.attack.attacks.denoising import denoiser
from passerby.attack.attacks.patch_ridge import patch_formula
from passerby.attack.people import CropPairs


@pytest.fixture
def noisy(crowd):
    """Pairs with noise of a given deviation."""

    def make(deviation: float) -> CropPairs:
        noise = np.random.default_rng(5).normal(0, deviation, crowd.images.shape)
        return CropPairs(crowd, np.rint(crowd.images + noise).clip(0, 255).astype(np.uint8))

    return make


def error(rebuild, pairs) -> float:
    made = np.stack([rebuild(one) for one in pairs.seen])
    return float(np.square(made - pairs.clear.images.astype(float)).mean())


def parts(pairs, *counts):
    return [pairs.take(np.arange(start, end)) for start, end in counts]


@pytest.mark.parametrize("deviation", [10, 40])
def test_it_leaves_less_noise_than_a_formula_alone(noisy, deviation):
    train, held, test = parts(noisy(deviation), (0, 50), (50, 80), (80, 120))
    plain = error(patch_formula(train.seen, train.clear.images), test)
    found = error(denoiser(train, held), test)
    assert found < 0.9 * plain
    assert found < 0.4 * deviation**2


def test_clear_pictures_stay_about_as_they_are(noisy):
    pairs = noisy(0)
    train, held, test = parts(pairs, (0, 50), (50, 80), (80, 120))
    smoothed = error(lambda one: cv2.bilateralFilter(one, -1, 12, 2), test)
    assert error(denoiser(train, held), test) < smoothed


def test_black_pictures_become_one_colour(crowd):
    pairs = CropPairs(crowd, np.zeros_like(crowd.images))
    made = denoiser(pairs, pairs)(pairs.seen[0])
    assert np.ptp(made.reshape(-1, 3), axis=0).max() <= 1
