"""A loop of one's own gives the frames that a stream gives, covered and each exactly once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import passerby
from passerby.errors import ConfigError, InputError
from passerby.sources import open_source
from passerby.types import Frame, Image

Film = Callable[..., Path]


def walking(frame: int) -> list[tuple[int, int, int, int, int]]:
    return [(10 + frame, 10, 10, 40, 255)]


@pytest.mark.parametrize("options", [{}, {"lookahead": 0}, {"every": 4}])
def test_frames_come_out_as_a_stream_gives_them(
    film: Film, bright_people: None, options: dict[str, float]
) -> None:
    path = film("a.mkv", walking, frames=30)
    expected = [one.frame for one in passerby.anonymize_stream(path, **options)]
    found = []
    with open_source(path) as source, passerby.CameraLoop(**options) as loop:
        for frame in source:
            found += [one.frame for one in loop.push(frame)]
        found += [one.frame for one in loop.flush()]
        assert loop.flush() == []
    assert [one.index for one in found] == list(range(30))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.image, other.image)
        assert not one.image[12, 15 + one.index].any()


def test_without_look_ahead_each_frame_comes_out_at_once() -> None:
    image = np.full((40, 30, 3), 200, np.uint8)
    with passerby.CameraLoop(regions="top", lookahead=0) as loop:
        counts = [len(loop.push(image)) for _ in range(5)]
    assert counts == [1] * 5


def test_another_size_is_refused_until_the_stream_is_flushed() -> None:
    small, large = np.zeros((4, 6, 3), np.uint8), np.zeros((8, 6, 3), np.uint8)
    with passerby.CameraLoop(regions="frame", lookahead=0) as loop:
        loop.push(small)
        with pytest.raises(InputError, match="frame 1 has 6x8 pixels, the first 6x4"):
            loop.push(large)
        assert [one.frame.index for one in loop.push(small)] == [1]
        loop.flush()
        assert [one.frame.index for one in loop.push(large)] == [0]


@pytest.mark.parametrize("frame", [None, "a.jpg", [[1]], np.zeros((4, 4), np.uint8)])
def test_what_is_no_image_is_refused(frame: Image | Frame) -> None:
    with passerby.CameraLoop(regions="top") as loop, pytest.raises(ConfigError):
        loop.push(frame)


def test_settings_and_options_exclude_each_other() -> None:
    with pytest.raises(ConfigError, match="not both"):
        passerby.CameraLoop(passerby.Settings(), regions="top")
