"""Frames that a program has in hand already: arrays, a generator, an OpenCV capture."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import chain
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np

from passerby.errors import ConfigError, InputError
from passerby.media import Medium
from passerby.types import Frame, Image

__all__ = ["ArraySource", "Capture", "FrameNumbers", "frames_of"]

TIME_BASE = Fraction(1, 1_000_000)
"""Unit of the times of frames that come without: a microsecond."""

_FRAMES_A_SECOND, _FRAME_COUNT = 5, 7
"""OpenCV's numbers of ``CAP_PROP_FPS`` and ``CAP_PROP_FRAME_COUNT``."""


@runtime_checkable
class Capture(Protocol):
    """What ``cv2.VideoCapture`` offers, and whatever behaves like it."""

    def read(self) -> tuple[bool, Any]:
        """Return whether there is a frame, and the frame."""
        ...

    def isOpened(self) -> bool:  # noqa: N802  (OpenCV's name)
        """Whether frames can be read."""
        ...

    def get(self, number: int, /) -> float:
        """Return a property by its number; 0 where it is unknown."""
        ...

    def release(self) -> None:
        """Close the file or camera."""
        ...


class FrameNumbers:
    """Gives images their numbers and times, and makes sure that all have one size.

    Args:
        rate: Frames a second. Without it, a frame's time is the moment at which it is taken, as a
            camera's is. A `Frame` that has a time keeps it.
        clock: Seconds that only go forward.

    Raises:
        ConfigError: If the rate is not positive.
    """

    def __init__(
        self, rate: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = None if rate is None else _checked_rate(rate)
        self._clock, self._start = clock, clock()
        self._count = 0
        self._size: tuple[int, int] | None = None

    @property
    def medium(self) -> Medium:
        """What they are, once the first was `expect`-ed or numbered."""
        width, height = self._size or (0, 0)
        return Medium(
            name="frames",
            kind="video" if self._rate else "live",
            width=width,
            height=height,
            rate=self._rate,
            time_base=TIME_BASE,
        )

    def expect(self, first: Image | Frame) -> None:
        """Begin now with frames of the size of this one.

        Raises:
            ConfigError: If it is no image.
        """
        height, width = _raw(first).image.shape[:2]
        self._size, self._start = (width, height), self._clock()

    def next(self, given: Image | Frame) -> Frame:
        """The next frame, with its place in the stream, and a time if it has none.

        Raises:
            ConfigError: If it is no image.
            InputError: If it has another size than the first.
        """
        if self._size is None:
            self.expect(given)
        raw, index = _raw(given), self._count
        height, width = raw.image.shape[:2]
        if (width, height) != self._size:
            first = "x".join(map(str, self._size or ()))
            raise InputError(
                f"frame {index} has {width}x{height} pixels, the first {first}: start another "
                "stream for it"
            )
        self._count += 1
        if raw.time is not None:
            pts, time_base = raw.pts, raw.time_base
        else:
            seconds = self._clock() - self._start if self._rate is None else index / self._rate
            pts, time_base = round(seconds / TIME_BASE), TIME_BASE
        return Frame(raw.image, index=index, pts=pts, time_base=time_base, alpha=raw.alpha)


class ArraySource:
    """Frames from any iterable, one after the other; its times are those of a film or of a clock.

    Args:
        frames: Images of shape (height, width, 3), BGR, uint8, or `Frame` objects. All have one
            size.
        rate, clock: As in `FrameNumbers`.
        close: Called when nothing more is read.

    Raises:
        ConfigError: If a frame is no image, or the rate is not positive.
        InputError: If there is no frame.
    """

    def __init__(
        self,
        frames: Iterable[Image | Frame],
        rate: float | None = None,
        *,
        close: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._numbers = FrameNumbers(rate, clock)
        self._close = close
        self._frames = iter(frames)
        try:
            first = next(self._frames)
        except StopIteration:
            raise InputError("there is no frame to read: the iterable is empty") from None
        self._waiting = chain([first], self._frames)
        self._numbers.expect(first)

    @property
    def medium(self) -> Medium:
        """What is being read."""
        return self._numbers.medium

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames in order.

        Raises:
            ConfigError: If a frame is no image.
            InputError: If a frame has another size than the first.
        """
        yield from map(self._numbers.next, self._waiting)

    def close(self) -> None:
        """Let the frames go; calling it twice does no harm."""
        self._waiting = chain()
        with suppress(AttributeError):
            self._frames.close()  # type: ignore[attr-defined]  # a generator's
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def frames_of(given: object, rate: float | None = None) -> ArraySource:
    """Read an iterable of images, or an OpenCV capture, as a source.

    Args:
        given: Iterable of images or `Frame` objects, or an open ``cv2.VideoCapture``, which is
            released at the end.
        rate: Frames a second; by default a capture's own if it reads a file.

    Raises:
        ConfigError: If it is neither, or gives no images.
        InputError: If there is no frame, or the capture is not open.
    """
    if isinstance(given, Capture):
        if not given.isOpened():
            raise InputError("the capture is not open: check its path, address or camera")
        known = given.get(_FRAMES_A_SECOND) if given.get(_FRAME_COUNT) > 0 else 0
        return ArraySource(_captured(given), rate or known or None, close=given.release)
    if isinstance(given, np.ndarray) and given.ndim < 4:
        raise ConfigError("this is one image, not a stream of them: use passerby.anonymize")
    if isinstance(given, Iterable) and not isinstance(given, (bytes, dict)):
        return ArraySource(given, rate)
    raise ConfigError(
        f"frames cannot be read from {type(given).__name__}: give a path, an address, a source, "
        "an iterable of images, or a cv2.VideoCapture"
    )


def _captured(capture: Capture) -> Iterator[Image]:
    while True:
        there, image = capture.read()
        if not there:
            return
        yield image


def _checked_rate(rate: object) -> Fraction:
    if not isinstance(rate, (int, float, Fraction, np.number)) or not 0 < (
        number := float(rate)
    ) < float("inf"):
        raise ConfigError(f"rate must be a number above 0 frames a second, not {rate!r}")
    return Fraction(number).limit_denominator(1001)


def _raw(given: Image | Frame) -> Frame:
    return given if isinstance(given, Frame) else Frame(given)
