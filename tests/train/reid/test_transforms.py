"""What transforms do to pictures, with hand-made cases and slow loops as judges."""

import cv2
import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.train.reid.recipes import DIETLMEIER
from passerby.train.reid.transforms import (
    ColourJitter,
    PadAndCrop,
    RandomErasing,
    RandomHorizontalFlip,
    RandomTranslation,
    Resize,
)

SIZE = (24, 12)


@pytest.fixture
def picture():
    return np.random.default_rng(5).integers(1, 256, (*SIZE, 3)).astype(np.uint8)


def draws(transform, picture, count=200):
    return [transform(picture, SIZE, np.random.default_rng(seed)) for seed in range(count)]


def test_resizing_gives_the_size_that_is_wanted(picture):
    larger = np.full((50, 40, 3), 77, np.uint8)
    assert (Resize()(larger, SIZE, np.random.default_rng()) == np.full((*SIZE, 3), 77)).all()
    assert np.array_equal(Resize()(picture, SIZE, np.random.default_rng()), picture)


def test_about_half_of_the_pictures_are_mirrored(picture):
    mirrored = [
        np.array_equal(one, picture[:, ::-1]) for one in draws(RandomHorizontalFlip(0.5), picture)
    ]
    same = [np.array_equal(one, picture) for one in draws(RandomHorizontalFlip(0.5), picture)]
    assert sum(mirrored) + sum(same) == 200
    assert 70 < sum(mirrored) < 130


def test_padded_pictures_are_shifted_by_10_at_most_and_filled_with_black(picture):
    offsets = set()
    for shifted in draws(PadAndCrop(10), picture):
        assert shifted.shape == picture.shape
        offsets.add(offset_of(shifted, picture))
    rows, columns = zip(*offsets, strict=True)
    assert (min(rows), max(rows), min(columns), max(columns)) == (-10, 10, -10, 10)


def offset_of(shifted, picture):
    """Find by trying by how many rows and columns a picture was shifted; the rest is black."""
    height, width = SIZE
    for down in range(-10, 11):
        for right in range(-10, 11):
            expected = np.zeros_like(picture)
            for row in range(height):
                if 0 <= row - down < height:
                    line = picture[row - down]
                    expected[row, max(right, 0) : width + min(right, 0)] = line[
                        max(-right, 0) : width - max(right, 0)
                    ]
            if np.array_equal(expected, shifted):
                return down, right
    raise AssertionError("no shift explains the picture")


def test_as_in_torchreid_pictures_are_enlarged_once_they_have_the_size_that_is_wanted():
    """Every result is, mirrored or not, a cut of what was resized twice, or resized once."""
    picture = np.random.default_rng(1).integers(0, 256, (40, 30, 3)).astype(np.uint8)
    once = cv2.resize(picture, SIZE[::-1])
    twice = [cv2.resize(one, (14, 27)) for one in (once, np.ascontiguousarray(once[:, ::-1]))]
    expected = {
        one[top : top + 24, left : left + 12].tobytes()
        for one in twice
        for top in range(4)
        for left in range(3)
    }
    flat = {once.tobytes(), once[:, ::-1].tobytes()}
    found = set()
    for seed in range(300):
        image, rng = picture, np.random.default_rng(seed)
        for transform in DIETLMEIER.transforms:
            image = transform(image, SIZE, rng)
        found.add(image.tobytes())
    assert found == expected | flat


def test_enlarged_pictures_are_cut_out_of_an_eighth_more(picture):
    flat = [np.array_equal(one, picture) for one in draws(RandomTranslation(0.125, 0.5), picture)]
    assert 70 < sum(flat) < 130
    sizes = []

    class Noted(np.random.Generator):
        def integers(self, high, *args, **kwargs):
            sizes.append(high)
            return 0

    RandomTranslation(0.125, 1.0)(picture, SIZE, Noted(np.random.PCG64(0)))
    assert sizes == [27 - 24 + 1, round(12 * 1.125) - 12 + 1]


def test_the_same_generator_gives_the_same(picture):
    for transform in (RandomHorizontalFlip(), PadAndCrop(), RandomTranslation(), ColourJitter()):
        first, second = (transform(picture, SIZE, np.random.default_rng(seed)) for seed in (3, 3))
        assert np.array_equal(first, second)


def test_colours_change_as_a_loop_over_pixels_says(picture):
    jitter = ColourJitter(0.3, 0.4, 0.5, balance=0.1)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        brightness, contrast, saturation = (1 + rng.uniform(-s, s) for s in (0.3, 0.4, 0.5))
        balance = rng.uniform(0.9, 1.1, 3)
        mean = np.mean([grey_of(pixel) for pixel in picture.reshape(-1, 3)])
        expected = np.empty(picture.shape)
        for place in np.ndindex(picture.shape[:2]):
            pixel = picture[place].astype(float)
            pixel = grey_of(pixel) + saturation * (pixel - grey_of(pixel))
            pixel = mean + contrast * (pixel - mean)
            expected[place] = brightness * balance * pixel
        changed = jitter(picture, SIZE, np.random.default_rng(seed))
        assert np.abs(changed - expected.clip(0, 255)).max() < 1  # rounded, and in fixed point


def grey_of(pixel):
    blue, green, red = pixel
    return 0.114 * blue + 0.587 * green + 0.299 * red


def test_colours_stay_where_nothing_may_change(picture):
    still = ColourJitter(0, 0, 0, balance=0)
    assert np.array_equal(still(picture, SIZE, np.random.default_rng(0)), picture)


def test_erased_rectangles_have_the_published_areas_and_shapes():
    size, erase = (256, 128), RandomErasing(0.5)
    boxes = np.array([erase.box(size, np.random.default_rng(seed)) for seed in range(2000)])
    heights, widths = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    erased = heights > 0
    assert 0.45 < erased.mean() < 0.55
    share = heights[erased] * widths[erased] / (256 * 128)
    shape = heights[erased] / widths[erased]
    assert 0.018 < share.min() < 0.03
    assert 0.37 < share.max() < 0.41
    assert 0.29 < shape.min() < 0.35
    assert 3.0 < shape.max() < 3.5
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2] <= 256).all()
    assert (boxes[:, 3] <= 128).all()
    assert boxes[erased, 0].min() == 0
    assert boxes[erased, 2].max() == 256


def test_what_never_fits_is_left_alone():
    flat = RandomErasing(1.0, smallest=0.9, largest=0.9, narrowest=0.9)
    assert flat.box((256, 8), np.random.default_rng(0)) == (0, 0, 0, 0)


@pytest.mark.parametrize("share", [-0.1, 1.1, 5, float("nan")])
@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation", "balance"])
def test_colours_change_by_a_share_of_themselves(name, share):
    with pytest.raises(ConfigError, match=f"jitter of {name} is {share}: give a share from 0 to 1"):
        ColourJitter(**{name: share})


@pytest.mark.parametrize("chance", [-0.1, 1.1, 5, float("nan")])
def test_nothing_is_erased_more_often_than_always(chance):
    with pytest.raises(ConfigError, match=f"probability of erasing is {chance}: give 0 to 1"):
        RandomErasing(chance)


@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_never_and_always_are_chances_too(share, picture):
    assert (RandomErasing(share).box(SIZE, np.random.default_rng(3)) == (0, 0, 0, 0)) == (
        share == 0
    )
    jitter = ColourJitter(share, share, share, balance=share)
    assert jitter(picture, SIZE, np.random.default_rng(0)).shape == picture.shape
