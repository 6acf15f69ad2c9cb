"""Light changes, and whoever is in the picture stays where they are."""

import numpy as np
import pytest

from passerby.train.detector.photometry import _CHANGES, disturbed

CHANGES = [change for _, change in _CHANGES]


@pytest.fixture
def block():
    """A bright block on a dark ground, and its middle."""
    image = np.full((96, 128, 3), 20, np.uint8)
    image[30:70, 40:60] = 220
    return image, np.array([49.5, 49.5])


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("seed", range(5))
def test_a_change_moves_nobody(change, seed, block):
    image, middle = block
    before = image.copy()
    changed = change(image, np.random.default_rng(seed))
    assert changed.shape == image.shape
    assert changed.dtype == np.uint8
    assert (image == before).all()
    level = changed.mean(axis=2)
    rows, columns = np.nonzero(level > (level.min() + level.max()) / 2)
    np.testing.assert_allclose([columns.mean(), rows.mean()], middle, atol=1)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_does_something(change):
    image = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    assert (change(image, np.random.default_rng(1)) != image).any()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("level", [0, 255])
def test_black_and_white_pictures_do_not_overflow(change, level):
    """What lies within the range stays on its side: 255 + 1 must not become 0."""
    image = np.full((32, 32, 3), level, np.uint8)
    means = [change(image, np.random.default_rng(seed)).mean() for seed in range(6)]
    assert max(means) < 128 if level == 0 else min(means) > 20


def test_the_same_random_numbers_make_the_same_picture():
    image = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    for seed in range(10):
        first, second = (disturbed(image, np.random.default_rng(seed)) for _ in range(2))
        assert (first == second).all()


def test_pictures_become_different_ones_and_some_stay_nearly_as_they_are():
    image = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    results = [disturbed(image, np.random.default_rng(seed)).astype(int) for seed in range(60)]
    distances = [np.abs(result - image).mean() for result in results]
    assert min(distances) < 5
    assert max(distances) > 50
