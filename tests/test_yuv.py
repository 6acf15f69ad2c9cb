"""Planar video pixels, against swscale and the equations pixel by pixel."""

import numpy as np
import pytest
from av import VideoFrame
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from passerby import yuv
from passerby.media import Colour

EXACT = Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.FULL_CHR_H_INP
COLOURS = [Colour(range=r, space=s) for r in (1, 2) for s in (1, 2, 5, 6, 9)]
WEIGHTS = {1: (0.2126, 0.0722), 9: (0.2627, 0.0593)}


def planes(seed: int, height: int = 12, width: int = 16) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    return [
        random.integers(16, 236, shape, np.uint8)
        for shape in ((height, width), (height // 2, width // 2), (height // 2, width // 2))
    ]


def slow_bgr(luma: int, blue: int, red: int, colour: Colour) -> list[float]:
    """Equations 41-58 of H.273 for one pixel, before rounding."""
    red_weight, blue_weight = WEIGHTS.get(colour.space, (0.299, 0.114))
    full = colour.range == 2
    y = luma / 255 if full else (luma - 16) / 219
    b, r = ((v - 128) / (255 if full else 224) for v in (blue, red))
    blue_value = y + 2 * (1 - blue_weight) * b
    red_value = y + 2 * (1 - red_weight) * r
    green = (y - red_weight * red_value - blue_weight * blue_value) / (1 - red_weight - blue_weight)
    return [min(max(255 * v, 0.0), 255.0) for v in (blue_value, green, red_value)]


@pytest.mark.parametrize("colour", COLOURS, ids=str)
def test_to_bgr_follows_the_equations(colour: Colour) -> None:
    luma, blue, red = planes(1)
    image = yuv.to_bgr(luma, blue, red, colour)
    for y in range(12):
        for x in range(16):
            sample = (plane[y // 2, x // 2] for plane in (blue, red))
            exact = slow_bgr(int(luma[y, x]), *map(int, sample), colour)
            assert image[y, x] == pytest.approx(exact, abs=1.0)


def test_planes_of_one_size_are_taken_as_they_are() -> None:
    luma, blue, red = planes(1)
    blue_4, red_4 = (plane.repeat(2, axis=0).repeat(2, axis=1) for plane in (blue, red))
    image = yuv.to_bgr(luma, blue, red, COLOURS[0])
    assert np.array_equal(yuv.to_bgr(luma, blue_4, red_4, COLOURS[0]), image)


@pytest.mark.parametrize("colour", COLOURS, ids=str)
def test_from_bgr_agrees_with_swscale(colour: Colour) -> None:
    image = np.random.default_rng(2).integers(0, 256, (12, 16, 3), np.uint8)
    frame = VideoFrame.from_ndarray(image, format="bgr24")
    frame.colorspace = colour.space
    expected = VideoReformatter().reformat(
        frame,
        format="yuv420p",
        interpolation=Interpolation.AREA | EXACT,
        dst_color_range=ColorRange(colour.range),
    )
    ours = yuv.from_bgr(image, colour).astype(int)
    assert np.abs(ours - expected.to_ndarray()).max() <= 2


@pytest.mark.parametrize("colour", COLOURS, ids=str)
def test_there_and_back_changes_next_to_nothing(colour: Colour) -> None:
    # Colours near grey, so that none is outside what BGR can show.
    random = np.random.default_rng(3)
    luma = random.integers(60, 200, (64, 96), np.uint8)
    blue, red = random.integers(118, 139, (2, 32, 48), np.uint8)
    back = yuv.from_bgr(yuv.to_bgr(luma, blue, red, colour), colour).astype(int)
    before = np.concatenate([luma.ravel(), blue.ravel(), red.ravel()]).astype(int)
    difference = back.ravel() - before
    assert np.abs(difference).max() <= 2
    assert abs(difference[: luma.size].mean()) < 0.15


@pytest.mark.parametrize(("size", "fits"), [((2, 2), True), ((3, 2), False), ((854, 481), False)])
def test_odd_sides_are_left_to_others(size: tuple[int, int], fits: bool) -> None:
    assert yuv.fits(*size) is fits
