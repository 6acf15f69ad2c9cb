"""Every kind of pixel that Pillow knows, against values made by hand and OpenCV."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from passerby.errors import InputError
from passerby.sources.pixels import bits_of, is_grey, pixels_of

RED = (255, 0, 0)


def test_colours_come_as_bgr() -> None:
    image, alpha = pixels_of(Image.new("RGB", (3, 2), (10, 20, 30)))
    assert image.shape == (2, 3, 3)
    assert alpha is None
    assert (image == (30, 20, 10)).all()


@pytest.mark.parametrize("mode", ["1", "L"])
def test_grey_has_three_equal_channels(mode: str) -> None:
    source = Image.new(mode, (2, 2), 255)
    assert is_grey(source)
    assert (pixels_of(source).image == 255).all()


def test_sixteen_bit_grey_keeps_the_upper_eight() -> None:
    values = np.array([[0, 255, 256, 65535]], np.uint16)
    image = pixels_of(Image.fromarray(values)).image
    assert image[0, :, 0].tolist() == [0, 0, 1, 255]


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_sixteen_bit_colour_keeps_the_upper_eight(tmp_path: Path, ending: str) -> None:
    values = np.random.default_rng(0).integers(0, 65536, (5, 7, 3)).astype(np.uint16)
    path = tmp_path / f"deep.{ending}"
    cv2.imwrite(str(path), values)
    with Image.open(path) as source:
        assert bits_of(source) == 16
        source.load()
        np.testing.assert_array_equal(pixels_of(source).image, values >> 8)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_opacity_comes_beside_the_colours(mode: str) -> None:
    source = Image.new("RGBA", (2, 1), (50, 50, 50, 128)).convert(mode)
    image, alpha = pixels_of(source)
    assert alpha is not None
    assert alpha.tolist() == [[128, 128]]
    assert (image == 50).all()


def test_a_transparent_palette_colour_becomes_opacity() -> None:
    source = Image.new("P", (2, 1))
    source.putpalette([1, 2, 3, 4, 5, 6])
    source.putpixel((1, 0), 1)
    source.info["transparency"] = 1
    image, alpha = pixels_of(source)
    assert alpha is not None
    assert alpha.tolist() == [[255, 0]]
    assert image[0, 0].tolist() == [3, 2, 1]


def test_one_value_of_sixteen_bits_may_be_transparent() -> None:
    source = Image.fromarray(np.array([[40000, 40001, 0]], np.uint16))
    source.info["transparency"] = 40000
    image, alpha = pixels_of(source)
    assert alpha is not None
    assert alpha.tolist() == [[0, 255, 255]]
    assert image[0, :, 0].tolist() == [156, 156, 0]


def test_ink_becomes_light() -> None:
    assert pixels_of(Image.new("CMYK", (1, 1), (0, 255, 255, 0))).image[0, 0].tolist() == [
        0,
        0,
        255,
    ]


@pytest.mark.parametrize("mode", ["I", "F"])
def test_pixels_without_a_range_are_refused(mode: str) -> None:
    with pytest.raises(InputError, match="no known range"):
        pixels_of(Image.new(mode, (1, 1)))
