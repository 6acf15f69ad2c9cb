"""Opacity in videos, which decoders and players treat differently."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av import VideoFrame

from passerby.media import Medium
from passerby.sources import open_source

WIDTH, HEIGHT = 64, 48
NOTE = "transparent: the copy is shown on black"

Copy = Callable[..., Medium]

WITH_ALPHA = {
    "a.mov": ("prores_ks", "yuva444p10le"),
    "b.mov": ("png", "rgba"),
    "c.mov": ("qtrle", "argb"),
    "d.mkv": ("ffv1", "yuva420p"),
    "e.mkv": ("ffv1", "bgra"),
    "f.webm": ("libvpx-vp9", "yuva420p"),
    "g.avi": ("utvideo", "gbrap"),
    "h.mkv": ("ffv1", "ya8"),
    "i.mov": ("rawvideo", "argb"),
}


def picture(index: int) -> np.ndarray:
    """Grey; the left third is opaque, the middle half so, the right is erased, and bright."""
    image = np.full((HEIGHT, WIDTH, 4), 100 + index, np.uint8)
    image[:, :20, 3], image[:, 20:40, 3], image[:, 40:, 3] = 255, 128, 0
    image[:, 40:, :3] = 250
    return image


def write(path: Path, codec: str, pixels: str, content=picture) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pixels
        for index in range(3):
            frame = VideoFrame.from_ndarray(content(index), format="rgba")
            container.mux(stream.encode(frame.reformat(format=pixels)))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("name", WITH_ALPHA)
def test_the_opacity_of_a_video_is_read(tmp_path: Path, name: str) -> None:
    with open_source(write(tmp_path / name, *WITH_ALPHA[name])) as source:
        frames = list(source)
        assert len(frames) == 3
        assert NOTE in source.medium.notes
    for index, frame in enumerate(frames):
        assert frame.pts is not None
        assert frame.alpha is not None
        columns = frame.alpha[HEIGHT // 2, [8, 30, 55]].astype(int)
        np.testing.assert_allclose(columns, [255, 128, 0], atol=3)
        assert abs(int(frame.image[HEIGHT // 2, 8, 1]) - 100 - index) < 8
    assert np.diff([frame.time for frame in frames]).tolist() == pytest.approx([0.04, 0.04])


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_ALPHA)
@pytest.mark.parametrize("target", ["out.mp4", "out.mkv", "out.webm"])
def test_erased_pixels_stay_erased_in_a_copy_without_opacity(
    tmp_path: Path, copy_media: Copy, name: str, target: str
) -> None:
    copy_media(write(tmp_path / name, *WITH_ALPHA[name]), tmp_path / target)
    with av.open(str(tmp_path / target)) as container:
        shown = next(container.decode(video=0)).to_ndarray(format="bgr24").astype(int)
    assert shown[:, 48:].max() < 16
    assert abs(shown[HEIGHT // 2, 8, 1] - 100) < 10
    assert abs(shown[HEIGHT // 2, 30, 1] - 50) < 10


def test_a_video_that_is_opaque_says_nothing(make_video) -> None:
    options = {"codec": "libvpx-vp9", "time_base": Fraction(1, 1000)}
    with open_source(make_video("a.webm", **options)) as source:
        assert all(frame.alpha is None for frame in source)
        assert source.medium.notes == ()


def test_the_fourth_byte_of_a_recorded_screen_means_nothing(tmp_path: Path) -> None:
    """Programs leave 0 there, and players show the picture all the same."""

    def padded(index: int) -> np.ndarray:
        image = picture(index)
        image[..., 3] = 0
        return image

    with open_source(write(tmp_path / "a.avi", "rawvideo", "bgra", padded)) as source:
        first, *_ = source
        assert source.medium.notes == ()
    assert first.alpha is None
    assert first.image[0, 0].tolist() == [100, 100, 100]


def test_a_turned_video_has_its_opacity_turned(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("png", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "rgba"
        stream.set_display_rotation(-90)
        container.mux(stream.encode(VideoFrame.from_ndarray(picture(0), format="rgba")))
        container.mux(stream.encode())
    with open_source(path) as source:
        (frame,) = source
    assert frame.alpha is not None
    assert frame.image.shape[:2] == frame.alpha.shape == (WIDTH, HEIGHT)
    np.testing.assert_array_equal(frame.alpha, np.rot90(picture(0)[..., 3], -1))
