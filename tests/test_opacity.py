"""Blending against Pillow's, which does the same in its own code."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from passerby.opacity import BLACK, WHITE, appearances, erased, over

RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (6, 9, 3)).astype(np.uint8)
ALPHA = RNG.integers(0, 256, (6, 9)).astype(np.uint8)


@pytest.mark.parametrize("ground", [BLACK, WHITE, 77])
def test_a_picture_over_a_ground_is_what_pillow_makes_of_it(ground: int) -> None:
    layer = Image.fromarray(np.dstack([PICTURE, ALPHA]))
    page = Image.new("RGBA", layer.size, (ground, ground, ground, 255))
    page.alpha_composite(layer)
    expected = np.asarray(page.convert("RGB")).astype(int)
    assert np.abs(over(PICTURE, ALPHA, ground).astype(int) - expected).max() <= 1


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_blending_is_rounded_exactly(value: int, opacity: int, ground: int) -> None:
    image, alpha = np.full((1, 1, 3), value, np.uint8), np.full((1, 1), opacity, np.uint8)
    exact = (value * opacity + ground * (255 - opacity)) / 255
    assert over(image, alpha, ground)[0, 0, 0] == int(exact + 0.5)


def test_what_is_opaque_stays_the_same_array() -> None:
    opaque = np.full((6, 9), 255, np.uint8)
    assert over(PICTURE, None, WHITE) is PICTURE
    assert erased(PICTURE, None) is PICTURE
    assert erased(PICTURE, opaque) is PICTURE
    assert appearances(PICTURE, None) == [PICTURE]
    assert appearances(PICTURE, opaque) == [PICTURE]


def test_what_nobody_sees_is_black() -> None:
    alpha = np.where(np.arange(54).reshape(6, 9) % 2, 0, 1).astype(np.uint8)
    expected = PICTURE.copy()
    expected[alpha == 0] = 0
    np.testing.assert_array_equal(erased(PICTURE, alpha), expected)


def test_a_picture_looks_different_bare_on_white_and_on_black() -> None:
    looks = appearances(PICTURE, ALPHA)
    expected = [erased(PICTURE, ALPHA), over(PICTURE, ALPHA, 255), over(PICTURE, ALPHA, 0)]
    np.testing.assert_array_equal(looks, expected)


def test_appearances_that_are_alike_are_given_once() -> None:
    cut_out = np.where(ALPHA > 99, 255, 0).astype(np.uint8)
    assert len(appearances(PICTURE, cut_out)) == 2  # bare, and so on black; on white
    ink = np.zeros_like(PICTURE)
    assert len(appearances(ink, ALPHA)) == 2
    assert len(appearances(PICTURE, np.zeros_like(ALPHA))) == 2
