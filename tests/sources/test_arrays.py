"""Frames that a program has in hand already."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.errors import ConfigError, InputError
from passerby.sources.arrays import ArraySource, frames_of
from passerby.types import Frame, Image


def picture(level: int = 90, size: tuple[int, int] = (48, 64)) -> Image:
    return np.full((*size, 3), level, np.uint8)


def pictures(count: int) -> Iterator[Image]:
    return (picture(level) for level in range(count))


@pytest.mark.slow
@given(rate=st.sampled_from([1, 5, 23.976, 25, 29.97, 120]), count=st.integers(1, 40))
def test_frames_are_timed_by_the_rate(rate: float, count: int) -> None:
    with ArraySource(pictures(count), rate) as source:
        frames = list(source)
    assert [frame.index for frame in frames] == list(range(count))
    assert [int(frame.image[0, 0, 0]) for frame in frames] == list(range(count))
    times = [index / rate for index in range(count)]
    assert [frame.time for frame in frames] == pytest.approx(times, abs=1e-3)
    assert source.medium.kind == "video"
    assert float(source.medium.rate or 0) == pytest.approx(rate, rel=1e-4)


def test_without_a_rate_the_moment_counts() -> None:
    moments = iter([100.0, 100.0, 100.5, 101.75, 103.0])
    source = ArraySource(pictures(3), clock=lambda: next(moments))
    assert source.medium.kind == "live"
    assert source.medium.rate is None
    frames = list(source)
    # The source asks once for its start, and once to know the size of the first frame.
    assert [frame.time for frame in frames] == [0.5, 1.75, 3.0]


def test_a_frame_keeps_its_own_time_and_opacity() -> None:
    alpha = np.full((48, 64), 7, np.uint8)
    given = [
        Frame(picture(), index=9, pts=pts, time_base=Fraction(1, 10), alpha=alpha)
        for pts in (20, 35)
    ]
    frames = list(ArraySource(given, 25))
    assert [frame.time for frame in frames] == [2.0, 3.5]
    assert [frame.index for frame in frames] == [0, 1]
    for frame in frames:
        np.testing.assert_array_equal(frame.alpha, alpha)


def test_a_frame_without_a_time_gets_one() -> None:
    assert [frame.time for frame in ArraySource([Frame(picture())] * 3, 4)] == [0, 0.25, 0.5]


def test_an_array_of_images_is_a_film() -> None:
    film = np.stack([picture(level) for level in range(4)])
    assert [int(frame.image[0, 0, 0]) for frame in frames_of(film, 25)] == [0, 1, 2, 3]


def test_closing_ends_a_generator() -> None:
    ended = []

    def camera() -> Iterator[Image]:
        try:
            while True:
                yield picture()
        finally:
            ended.append(True)

    source = ArraySource(camera())
    next(iter(source))
    source.close()
    source.close()
    assert ended == [True]
    assert list(source) == []


def test_a_capture_of_a_file_is_read_at_its_rate(make_video: Callable[..., Path]) -> None:
    capture = cv2.VideoCapture(str(make_video("a.mp4", frames=6, rate=20)))
    with frames_of(capture) as source:
        frames = list(source)
    assert len(frames) == 6
    assert [frame.time for frame in frames] == pytest.approx([index / 20 for index in range(6)])
    assert not capture.isOpened()


class Camera:
    """Behaves like a capture of a camera, which knows no number of frames."""

    def __init__(self, frames: int) -> None:
        self.left = frames

    def read(self) -> tuple[bool, Image | None]:
        self.left -= 1
        return (True, picture()) if self.left >= 0 else (False, None)

    def isOpened(self) -> bool:  # noqa: N802
        return True

    def get(self, number: int) -> float:
        return 30.0 if number == cv2.CAP_PROP_FPS else -1.0

    def release(self) -> None:
        self.left = 0


def test_a_capture_of_a_camera_is_timed_by_the_clock() -> None:
    source = frames_of(Camera(3))
    assert source.medium.kind == "live"
    times = [frame.time for frame in source]
    assert len(times) == 3
    assert all(time is not None and time < 5 for time in times)


def test_a_capture_that_is_not_open_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not open"):
        frames_of(cv2.VideoCapture(str(tmp_path / "gone.mp4")))


@pytest.mark.parametrize("nonsense", [3, None, object(), b"bytes", {"a": 1}])
def test_what_holds_no_frames_is_refused(nonsense: object) -> None:
    with pytest.raises(ConfigError, match=f"read from {type(nonsense).__name__}"):
        frames_of(nonsense)


def test_one_image_is_no_stream() -> None:
    with pytest.raises(ConfigError, match=r"one image.*passerby\.anonymize"):
        frames_of(picture())


@pytest.mark.parametrize("content", [["a.jpg"], [None], [[1, 2]], [np.zeros((4, 4), np.uint8)]])
def test_what_is_no_image_is_refused(content: list[object]) -> None:
    with pytest.raises(ConfigError, match="an image must"):
        frames_of(content)
    with pytest.raises(ConfigError, match="an image must"):
        list(frames_of([picture(), *content]))


def test_no_frame_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="no frame"):
        frames_of([])


def test_a_frame_of_another_size_is_refused() -> None:
    source = frames_of([picture(), picture(size=(32, 64))], 25)
    with pytest.raises(InputError, match="frame 1 has 64x32 pixels, the first 64x48"):
        list(source)


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(ConfigError, match="rate must be"):
        frames_of([picture()], rate)
