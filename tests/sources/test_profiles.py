"""Colour profiles, made by hand, against the equations of their curves and primaries."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from passerby.sources.pixels import pixels_of
from passerby.sources.profiles import to_srgb

_SPEC = importlib.util.spec_from_file_location("icc", Path(__file__).with_name("icc.py"))
icc = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(icc)

COLOURS = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
LEVELS = np.arange(256, dtype=np.uint8)[None]


def encoded(light: np.ndarray) -> np.ndarray:
    """Light of 0-1 as sRGB of 0-255 (IEC 61966-2-1)."""
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("name", ["sRGB", "GIMP built-in Linear sRGB", "sRGB IEC61966-2.1", "x"])
def test_a_profile_is_what_it_does_and_not_what_it_is_called(name: str) -> None:
    """Linear 64 / 255 is 137 in sRGB: 255 * (1.055 * 0.251 ** (1 / 2.4) - 0.055)."""
    image = to_srgb(Image.new("RGB", (1, 1), (64, 64, 64)), icc.rgb_profile(1.0, name))
    np.testing.assert_allclose(np.asarray(image)[0, 0], 137, atol=1)


@pytest.mark.parametrize(
    "profile",
    [
        icc.rgb_profile(icc.srgb_curve(), "Adobe RGB (1998)"),
        icc.rgb_profile(icc.srgb_curve(4096), "linear"),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    ],
)
def test_srgb_by_any_other_name_keeps_its_numbers(profile: bytes) -> None:
    image = to_srgb(Image.fromarray(COLOURS), profile)
    np.testing.assert_array_equal(np.asarray(image), COLOURS)


@pytest.mark.slow
@given(st.floats(0.5, 3))
def test_any_curve_is_undone(power: float) -> None:
    power = round(power * 256) / 256
    image = to_srgb(
        Image.fromarray(np.repeat(LEVELS[..., None], 3, axis=2)), icc.rgb_profile(power)
    )
    expected = encoded((LEVELS[0] / 255) ** power)
    np.testing.assert_allclose(np.asarray(image)[0, :, 1], expected, atol=2)


def test_other_primaries_are_converted() -> None:
    """Display P3's green is beyond sRGB, its grey is the same."""
    profile = icc.rgb_profile(icc.srgb_curve(), "sRGB", icc.DISPLAY_P3)
    image = Image.fromarray(np.array([[[0, 255, 0], [128, 128, 128], [150, 100, 90]]], np.uint8))
    green, grey, skin = np.asarray(to_srgb(image, profile))[0].astype(int)
    assert green.tolist() == [0, 255, 0]
    np.testing.assert_allclose(grey, 128, atol=1)
    # The product of both matrices of the standards: P3 to XYZ to sRGB.
    light = np.array([0.30498, 0.12744, 0.10224])
    matrix = [[1.2249, -0.2247, 0], [-0.0420, 1.0419, 0], [-0.0197, -0.0786, 1.0979]]
    np.testing.assert_allclose(skin, encoded(np.array(matrix) @ light), atol=2)


def test_grey_has_profiles_too() -> None:
    image = to_srgb(Image.fromarray(LEVELS), icc.grey_profile(1.0))
    assert image.mode == "L"
    np.testing.assert_allclose(np.asarray(image)[0], encoded(LEVELS[0] / 255), atol=2)


@pytest.mark.parametrize("mode", ["P", "L", "LA", "RGBA", "PA", "I;16", "RGB"])
def test_pixels_of_every_mode_are_converted(mode: str) -> None:
    grey = mode in ("L", "LA", "I;16")
    source = Image.new("RGB", (2, 2), (64, 64, 64))
    if mode == "I;16":
        source = Image.fromarray(np.full((2, 2), 64 << 8, np.uint16))
    else:
        if mode in ("P", "PA"):
            source = source.quantize(2)
        source = source.convert(mode)
    source.info["icc_profile"] = icc.grey_profile(1.0) if grey else icc.rgb_profile(1.0)
    np.testing.assert_allclose(pixels_of(source).image[0, 0], 137, atol=2)


@pytest.mark.parametrize(
    ("mode", "profile"),
    [
        ("RGB", b"rubbish"),
        ("RGB", b""),
        ("RGB", icc.grey_profile(1.0)),
        ("L", icc.rgb_profile(1.0)),
        ("RGB", icc.rgb_profile(1.0)[:200]),
        ("CMYK", icc.rgb_profile(1.0)),
    ],
)
def test_a_profile_that_is_damaged_or_for_other_pixels_counts_for_nothing(
    mode: str, profile: bytes
) -> None:
    source = Image.new("RGB", (1, 1), (64, 64, 64)).convert(mode)
    source.info["icc_profile"] = profile
    assert pixels_of(source).image[0, 0].tolist() == [64, 64, 64]
