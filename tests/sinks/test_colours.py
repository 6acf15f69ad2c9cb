"""Colours on the way out, and there and back again."""

import numpy as np
import pytest
from av import VideoFrame

from passerby.media import Colour
from passerby.sinks.colours import YuvConverter
from passerby.sources.colours import BgrConverter
from passerby.sources.orientation import Orientation

LUMA = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
"""Shares of red and blue in brightness: BT.709, BT.601 and BT.2020."""


def yuv_of(bgr: tuple[int, int, int], space: int, *, full: bool) -> list[float]:
    """The equations of BT.601-7, 2.5, which BT.709 and BT.2020 repeat with other shares."""
    blue, green, red = (value / 255 for value in bgr)
    red_share, blue_share = LUMA[space]
    luma = red_share * red + (1 - red_share - blue_share) * green + blue_share * blue
    blue_difference = (blue - luma) / (2 * (1 - blue_share))
    red_difference = (red - luma) / (2 * (1 - red_share))
    if full:
        return [255 * luma, 128 + 255 * blue_difference, 128 + 255 * red_difference]
    return [16 + 219 * luma, 128 + 224 * blue_difference, 128 + 224 * red_difference]


@pytest.mark.parametrize("space", LUMA)
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("bgr", [(0, 0, 0), (255, 255, 255), (200, 60, 30), (20, 90, 220)])
def test_each_matrix_and_range_is_applied(
    space: int, full: bool, bgr: tuple[int, int, int]
) -> None:
    colour = Colour(2 if full else 1, space, 1, 1)
    frame = YuvConverter("yuv444p", colour, 0)(np.full((8, 16, 3), bgr, np.uint8))
    planes = frame.to_ndarray()
    np.testing.assert_allclose(planes[:, 4, 8], yuv_of(bgr, space, full=full), atol=1.5)
    assert (frame.color_range, frame.colorspace) == (colour.range, space)
    assert (frame.color_primaries, frame.color_trc) == (1, 1)


@pytest.mark.parametrize("space", [1, 2, 5, 6, 7, 9])
@pytest.mark.parametrize("full", [False, True])
def test_there_and_back_nothing_shifts(space: int, full: bool) -> None:
    """A 4:2:0 picture that stays inside BGR's range comes back within a level on average."""
    noise = np.random.default_rng(0).integers(100, 156, (72, 64)).astype(np.uint8)
    frame = VideoFrame.from_ndarray(noise, format="yuv420p")
    frame.colorspace, frame.color_range = space, 2 if full else 1
    image = BgrConverter("a.mp4", 64, 48, Orientation())(frame)
    back = YuvConverter("yuv420p", Colour(frame.color_range, space), 0)(image)
    difference = back.to_ndarray().astype(int) - noise
    assert abs(difference.mean()) < 0.2
    assert np.abs(difference).mean() < 0.6
    assert np.abs(difference).max() <= 2


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_picture_is_turned_back(rotation: int) -> None:
    stored = np.random.default_rng(0).integers(0, 256, (4, 6, 3)).astype(np.uint8)
    upright = Orientation(rotation).apply(stored)
    frame = YuvConverter("bgr0", Colour(2, 0), rotation)(upright)
    np.testing.assert_array_equal(frame.reformat(format="bgr24").to_ndarray(), stored)
