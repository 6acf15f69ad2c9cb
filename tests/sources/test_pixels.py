"""Every kind of pixel that Pillow knows, against values made by hand and OpenCV."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from passerby.errors import InputError
from passerby.sources.pixels import bits_of, is_grey, pixels_of, upright

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


def test_ink_becomes_light() -> None:
    assert pixels_of(Image.new("CMYK", (1, 1), (0, 255, 255, 0))).image[0, 0].tolist() == [
        0,
        0,
        255,
    ]


def linear_profile() -> bytes:
    """An ICC profile of sRGB's primaries with linear light (ICC.1:2001-04, 6 and 8.2)."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    linear = b"curv" + bytes(8)
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 7) + b"linear\0" + bytes(79),
        b"cprt": b"text" + bytes(4) + b"none\0\0\0\0",
        b"wtpt": b"XYZ " + bytes(4) + fixed(0.9642, 1, 0.8249),
        b"rXYZ": b"XYZ " + bytes(4) + fixed(0.4361, 0.2225, 0.0139),
        b"gXYZ": b"XYZ " + bytes(4) + fixed(0.3851, 0.7169, 0.0971),
        b"bXYZ": b"XYZ " + bytes(4) + fixed(0.1431, 0.0606, 0.7141),
        b"rTRC": linear,
        b"gTRC": linear,
        b"bTRC": linear,
    }
    table, data = struct.pack(">I", len(tags)), b""
    for name, body in tags.items():
        table += name + struct.pack(">II", 132 + 12 * len(tags) + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    size = 128 + len(table) + len(data)
    header = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    middle = bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249)
    return (header + middle).ljust(128, b"\0") + table + data


def test_an_embedded_profile_is_converted_to_srgb() -> None:
    """Linear 64 / 255 is 137 in sRGB: 255 * (1.055 * 0.251 ** (1 / 2.4) - 0.055)."""
    source = Image.new("RGB", (1, 1), (64, 64, 64))
    source.info["icc_profile"] = linear_profile()
    np.testing.assert_allclose(pixels_of(source).image[0, 0], 137, atol=1)


@pytest.mark.parametrize("profile", [b"rubbish", b""])
def test_a_damaged_profile_is_ignored(profile: bytes) -> None:
    source = Image.new("RGB", (1, 1), RED)
    source.info["icc_profile"] = profile
    assert pixels_of(source).image[0, 0].tolist() == [0, 0, 255]


@pytest.mark.parametrize("mode", ["I", "F"])
def test_pixels_without_a_range_are_refused(mode: str) -> None:
    with pytest.raises(InputError, match="no known range"):
        pixels_of(Image.new(mode, (1, 1)))


@pytest.mark.parametrize("orientation", range(10))
def test_exif_orientation_is_applied_as_pillow_does(tmp_path: Path, orientation: int) -> None:
    picture = Image.fromarray(np.random.default_rng(1).integers(0, 256, (3, 5, 3)).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture.save(tmp_path / "turned.png", exif=exif)
    with Image.open(tmp_path / "turned.png") as source:
        expected = ImageOps.exif_transpose(source)
        np.testing.assert_array_equal(np.asarray(upright(source)), np.asarray(expected))
