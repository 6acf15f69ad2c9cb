"""Flat fills, by hand."""

import numpy as np
import pytest

from passerby.anonymization.operators import OPERATORS
from passerby.anonymization.patches import Patch
from passerby.track_colours import track_colour

IMAGE = np.random.default_rng(3).integers(0, 256, (40, 50, 3), np.uint8)
BOX = (5, 6, 30, 20)


def test_blackout_leaves_zeros() -> None:
    found = OPERATORS["blackout"](IMAGE, Patch(BOX), None, 0)
    assert found.shape == (14, 25, 3)
    assert not found.any()


def test_blank_is_the_mean() -> None:
    found = OPERATORS["blank"](IMAGE, Patch(BOX), None, 0)
    pixels = [IMAGE[y, x].astype(int) for y in range(6, 20) for x in range(5, 30)]
    mean = sum(pixels) / len(pixels)
    assert np.abs(found - mean).max() <= 0.5


def test_blank_is_the_mean_of_the_silhouette_alone() -> None:
    mask = np.zeros((14, 25), np.bool_)
    mask[3:9, 4:20] = True
    found = OPERATORS["blank"](IMAGE, Patch(BOX, mask), None, 0)
    pixels = [IMAGE[y, x].astype(int) for y in range(9, 15) for x in range(9, 25)]
    assert np.abs(found - sum(pixels) / len(pixels)).max() <= 0.5


@pytest.mark.parametrize("track", [0, 1, 7, 10**12])
def test_a_silhouette_has_its_tracks_colour_whatever_the_pixels(track: int) -> None:
    first = OPERATORS["silhouette"](IMAGE, Patch(BOX, track=track), None, 0)
    second = OPERATORS["silhouette"](255 - IMAGE, Patch((0, 0, 25, 14), track=track), None, 9)
    np.testing.assert_array_equal(first, second)
    assert (first == track_colour(track)).all()
