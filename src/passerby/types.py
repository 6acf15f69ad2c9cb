"""The values that flow through passerby, and the privacy boundary between them.

A `Frame` is raw. It lives in memory between a source and the anonymizer and nowhere
else. An `AnonymizedFrame` is what every sink, store and view accepts, and it can only
be made by `seal`, which `passerby.anonymization` alone may call (a test searches the
code for any other caller). Neither class derives from the other, so a type checker
refuses a raw frame where an anonymized one is asked for, and `require_anonymized`
refuses it at run time.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from types import TracebackType
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from passerby.detections import Detections
from passerby.errors import ConfigError, PrivacyError
from passerby.media import Medium

__all__ = [
    "AnonymizedFrame",
    "Detector",
    "Frame",
    "Image",
    "Sink",
    "Source",
    "require_anonymized",
    "seal",
]

Image = npt.NDArray[np.uint8]
"""Pixels, shape (height, width, 3), BGR order as in OpenCV, values 0-255."""


def _checked_image(image: npt.NDArray[np.uint8]) -> Image:
    """Return a read-only view of ``image``, so that nobody writes into the caller's array."""
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        kind = getattr(image, "dtype", type(image).__name__)
        raise ConfigError(f"an image must be a uint8 array, not {kind}: convert it to 0-255 first")
    if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ConfigError(
            f"an image must have shape (height, width, 3), not {image.shape}: convert it to BGR"
        )
    view = image.view()
    view.flags.writeable = False
    return view


class Frame:
    """One raw picture from a source. It must never be stored, sent or shown.

    Args:
        pixels: The image, or a function that makes it when it is first needed (a decoder's
            own format takes half the memory, which counts while frames wait).
        index: Number of the frame in its source, from 0.
        pts: Presentation time in units of ``time_base``, or None where time means nothing.
        time_base: Length of one unit of ``pts`` in seconds.
        alpha: Opacity, shape (height, width), uint8, for images that have it.
    """

    __slots__ = ("_pixels", "alpha", "index", "pts", "time_base")

    def __init__(
        self,
        pixels: Image | Callable[[], Image],
        *,
        index: int = 0,
        pts: int | None = None,
        time_base: Fraction | None = None,
        alpha: npt.NDArray[np.uint8] | None = None,
    ) -> None:
        self._pixels = pixels if callable(pixels) else _checked_image(pixels)
        self.index = index
        self.pts = pts
        self.time_base = time_base
        self.alpha = alpha

    @property
    def image(self) -> Image:
        """The raw pixels, read-only, shape (height, width, 3), BGR."""
        return _checked_image(self._pixels()) if callable(self._pixels) else self._pixels

    @property
    def time(self) -> float | None:
        """Seconds since the source's time zero, or None where time means nothing."""
        return _seconds(self.pts, self.time_base)


def _seconds(pts: int | None, time_base: Fraction | None) -> float | None:
    return None if pts is None or time_base is None else float(pts * time_base)


class AnonymizedFrame:
    """One picture that may be stored, sent and shown. Only the anonymizer makes it.

    Attributes:
        image: Shape (height, width, 3), BGR, uint8, read-only.
        alpha: Opacity, shape (height, width), uint8, or None.
        index, pts, time_base: As in the `Frame` it was made from.
        covered_in_full: Whether the whole frame was covered because it could not be trusted.
    """

    __slots__ = ("alpha", "covered_in_full", "image", "index", "pts", "time_base")

    image: Image
    alpha: npt.NDArray[np.uint8] | None
    index: int
    pts: int | None
    time_base: Fraction | None
    covered_in_full: bool

    def __init__(self) -> None:
        raise PrivacyError(
            "an AnonymizedFrame cannot be made by hand: pass the Frame to passerby.anonymize"
        )

    @property
    def time(self) -> float | None:
        """Seconds since the source's time zero, or None where time means nothing."""
        return _seconds(self.pts, self.time_base)

    def __setattr__(self, name: str, value: object) -> None:
        raise PrivacyError(f"an AnonymizedFrame cannot be changed ({name}): make a new one")

    def __delattr__(self, name: str) -> None:
        raise PrivacyError(f"an AnonymizedFrame cannot be changed ({name}): make a new one")


def seal(
    frame: Frame,
    image: Image,
    *,
    alpha: npt.NDArray[np.uint8] | None = None,
    covered_in_full: bool = False,
) -> AnonymizedFrame:
    """Declare ``image`` to be the anonymized form of ``frame``.

    Only `passerby.anonymization` may call this: it is the gate between raw and safe.
    """
    sealed = object.__new__(AnonymizedFrame)
    values = {
        "image": _checked_image(image),
        "alpha": alpha,
        "index": frame.index,
        "pts": frame.pts,
        "time_base": frame.time_base,
        "covered_in_full": covered_in_full,
    }
    for name, value in values.items():
        object.__setattr__(sealed, name, value)
    return sealed


def require_anonymized(frame: object) -> AnonymizedFrame:
    """Return ``frame`` if it is anonymized; every sink, store and view asks this first.

    Raises:
        PrivacyError: If it is anything else, a raw `Frame` above all.
    """
    if type(frame) is not AnonymizedFrame:
        raise PrivacyError(
            f"expected an AnonymizedFrame, got {type(frame).__name__}: "
            "raw pixels are never stored, sent or shown; pass the frame to passerby.anonymize first"
        )
    return frame


class Source(Protocol):
    """Where raw frames come from. Iterate once; close when done (or use ``with``)."""

    @property
    def medium(self) -> Medium:
        """What is being read."""
        ...

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames in order.

        Raises:
            InputError: If the source breaks off or is damaged.
        """
        ...

    def close(self) -> None:
        """Release what the source holds; calling it twice does no harm."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...


class Sink(Protocol):
    """Where anonymized frames go. Nothing appears under the final name before `commit`."""

    def write(self, frame: AnonymizedFrame) -> None:
        """Take the next frame.

        Raises:
            PrivacyError: If handed anything but an `AnonymizedFrame`.
            OutputError: If it cannot be written.
        """
        ...

    def commit(self) -> None:
        """Finish the output and give it its final name.

        Raises:
            OutputError: If it cannot be finished.
        """
        ...

    def abort(self) -> None:
        """Throw away what was written; calling it after `commit` does no harm."""
        ...


class Detector(Protocol):
    """Finds people, heads, faces or motion in raw pixels."""

    def __call__(self, image: Image) -> Detections:
        """Return what is seen in ``image``, shape (height, width, 3), BGR.

        Raises:
            DetectionError: If it cannot tell.
        """
        ...
