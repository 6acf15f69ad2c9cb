"""Decoded pixels against the equations of the standards."""

import av
import numpy as np
import pytest
from av import VideoFrame

from passerby.errors import InputError
from passerby.media import Colour
from passerby.sources.colours import BgrConverter, colour_of
from passerby.sources.orientation import Orientation

LUMA = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
"""Shares of red and blue in brightness: BT.709, BT.601 and BT.2020, table by table."""


def flat(y: int, u: int, v: int, pixel_format: str = "yuv444p") -> VideoFrame:
    planes = np.empty((3, 8, 16), np.uint8)
    planes[:] = np.array([y, u, v], np.uint8)[:, None, None]
    return VideoFrame.from_ndarray(planes, format=pixel_format)


def bgr_of(y: int, u: int, v: int, space: int, *, full: bool) -> list[float]:
    """The equations of BT.601-7, 2.5, which BT.709 and BT.2020 repeat with other shares."""
    red_share, blue_share = LUMA[space]
    luma, blue_difference, red_difference = (
        (y / 255, (u - 128) / 255, (v - 128) / 255)
        if full
        else ((y - 16) / 219, (u - 128) / 224, (v - 128) / 224)
    )
    red = luma + 2 * (1 - red_share) * red_difference
    blue = luma + 2 * (1 - blue_share) * blue_difference
    green = (luma - red_share * red - blue_share * blue) / (1 - red_share - blue_share)
    return [255 * min(max(value, 0), 1) for value in (blue, green, red)]


@pytest.mark.parametrize("space", LUMA)
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("yuv", [(128, 128, 128), (180, 90, 160), (60, 140, 120), (16, 128, 128)])
def test_each_matrix_and_range_is_undone(space: int, full: bool, yuv: tuple[int, int, int]) -> None:
    frame = flat(*yuv)
    frame.colorspace, frame.color_range = space, 2 if full else 1
    image = BgrConverter("a.mp4", 16, 8, Orientation())(frame)
    assert image.shape == (8, 16, 3)
    np.testing.assert_allclose(image[4, 8], bgr_of(*yuv, space, full=full), atol=2)


def test_unspecified_colours_are_taken_for_bt_601_in_limited_range() -> None:
    image = BgrConverter("a.mp4", 16, 8, Orientation())(flat(180, 90, 160))
    np.testing.assert_allclose(image[4, 8], bgr_of(180, 90, 160, 6, full=False), atol=2)


def test_a_matrix_that_cannot_be_undone_is_unspecified() -> None:
    frame = flat(180, 90, 160)
    frame.colorspace, frame.color_primaries = 8, 9
    assert colour_of(frame) == Colour(range=0, space=2, primaries=9, transfer=2)
    BgrConverter("a.mp4", 16, 8, Orientation())(frame)


def test_rgb_has_no_matrix_to_keep() -> None:
    frame = VideoFrame.from_ndarray(np.zeros((2, 2, 3), np.uint8), format="bgr24")
    frame.color_range = 2
    assert colour_of(frame) == Colour()


def test_bgr_comes_through_unchanged_and_turned() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 6, 3)).astype(np.uint8)
    frame = VideoFrame.from_ndarray(pixels, format="bgr24")
    image = BgrConverter("a.mkv", 6, 4, Orientation(90)).later(frame)()
    np.testing.assert_array_equal(image, np.rot90(pixels, -1))


@pytest.mark.parametrize("orientation", [Orientation(), Orientation(90), Orientation(180, True)])
@pytest.mark.parametrize("size", [(576, 768), (362, 482), (50, 40)])
def test_some_pixels_are_the_same_as_in_the_whole_picture(
    size: tuple[int, int], orientation: Orientation
) -> None:
    height, width = size
    planes = np.random.default_rng(0).integers(16, 236, (height * 3 // 2, width)).astype(np.uint8)
    convert = BgrConverter("a.mkv", width, height, orientation)
    frame = VideoFrame.from_ndarray(planes, format="yuv420p")
    upright = BgrConverter("a.mkv", width, height, Orientation())(frame)
    few = convert.thinned(frame)
    assert few is not None
    expected = upright[:: max(1, height // 120), :: max(1, width // 160)]
    np.testing.assert_array_equal(few(), orientation.apply(expected))


def test_where_all_pixels_must_be_converted_some_take_as_long() -> None:
    assert BgrConverter("a.mkv", 16, 8, Orientation()).thinned(flat(1, 2, 3)) is None


def test_a_frame_of_another_size_is_scaled_to_the_first() -> None:
    frame = VideoFrame.from_ndarray(np.full((8, 16, 3), 77, np.uint8), format="bgr24")
    image = BgrConverter("a.mkv", 6, 4, Orientation())(frame)
    assert image.shape == (4, 6, 3)
    assert (image == 77).all()


def test_ten_bits_become_eight() -> None:
    frame = flat(180, 90, 160).reformat(format="yuv420p10le")
    image = BgrConverter("a.mkv", 16, 8, Orientation())(frame)
    assert image.dtype == np.uint8
    np.testing.assert_allclose(image[4, 8], bgr_of(180, 90, 160, 6, full=False), atol=2)


def test_pixels_that_cannot_be_converted_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    convert = BgrConverter("a.mkv", 16, 8, Orientation())

    class Refusing:
        def reformat(self, *_: object, **__: object) -> None:
            raise av.error.NotImplementedError(38, "Function not implemented")

    monkeypatch.setattr(convert, "_reformatter", Refusing())
    with pytest.raises(InputError, match=r"a\.mkv: pixels of format yuv444p cannot be read"):
        convert(flat(1, 2, 3))
