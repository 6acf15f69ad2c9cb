import numpy as np
import pytest

from passerby.synth.sprite import Sprite


def solid(left, top, width, height, colour=(10, 20, 30), opacity=255):
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[...] = (*(np.array(colour) * opacity // 255), opacity)
    return Sprite(left, top, pixels)


@pytest.mark.parametrize(
    ("left", "top"), [(2, 1), (-3, -2), (6, 5), (-20, 0), (9, 0), (0, 8), (0, -4)]
)
def test_a_sprite_covers_its_pixels_of_the_picture_and_no_others(left, top):
    image = np.full((8, 9, 3), 200, np.uint8)
    solid(left, top, 5, 4).lay(image)
    for y in range(8):
        for x in range(9):
            inside = left <= x < left + 5 and top <= y < top + 4
            assert image[y, x].tolist() == ([10, 20, 30] if inside else [200] * 3)


def test_half_an_opacity_mixes_half_of_each():
    image = np.full((4, 4, 3), 200, np.uint8)
    solid(0, 0, 4, 4, (100, 100, 100), opacity=128).lay(image)
    np.testing.assert_allclose(image, (100 * 128 + 200 * 127) / 255, atol=1)


def test_what_is_hidden_is_gone_and_the_rest_stays():
    sprite = solid(0, 0, 6, 4)
    left = sprite.hidden_by(solid(3, 1, 10, 10))
    expected = np.full((4, 6), 255)
    expected[1:, 3:] = 0
    np.testing.assert_array_equal(left.opacity, expected)
    assert (sprite.opacity == 255).all()
    assert sprite.hidden_by(solid(6, 0, 2, 2)) is sprite


def test_motion_smears_along_its_direction_and_loses_nothing():
    sprite = solid(10, 10, 6, 4)
    smeared = sprite.smeared(np.array([8.0, 0.0]))
    columns = np.flatnonzero(smeared.opacity.any(axis=0)) + smeared.left
    rows = np.flatnonzero(smeared.opacity.any(axis=1)) + smeared.top
    assert (columns[0], columns[-1]) == (6, 19)
    assert (rows[0], rows[-1]) == (10, 13)
    total, before = (int(one.opacity.sum()) for one in (smeared, sprite))
    assert total == pytest.approx(before, rel=0.05)


def test_who_stands_still_is_sharp():
    sprite = solid(0, 0, 3, 3)
    assert sprite.smeared(np.array([0.4, 0.4])) is sprite
