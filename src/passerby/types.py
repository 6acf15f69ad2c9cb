"""The values that flow through passerby, and the privacy boundary between them.

A `Frame` is raw. It lives in memory between a source and the anonymizer and nowhere
else. An `AnonymizedFrame` is what every sink, store and view accepts, and it can only
be made by `seal`, which `passerby.anonymization` alone may call (a test searches the
code for any other caller). Neither class derives from the other, so a type checker
refuses a raw frame where an anonymized one is asked for, and `require_anonymized`
refuses it at run time. Neither can be copied or pickled.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from types import TracebackType
from typing import NoReturn, Protocol, Self

from passerby.arrays import Alpha, Image, checked_alpha, checked_image, frozen, thinned
from passerby.detections import Detections
from passerby.errors import PrivacyError
from passerby.media import Medium
from passerby.protection import BLACK, CELLS, UNKNOWN, Protection

__all__ = [
    "Alpha",
    "AnonymizedFrame",
    "Detector",
    "Frame",
    "Image",
    "Sink",
    "Source",
    "require_anonymized",
    "require_preview",
    "seal",
]


class Frame:
    """One raw picture from a source. It must never be stored, sent or shown.

    Args:
        pixels: The image, or a function that makes it when it is first needed (a decoder's
            own format takes half the memory, which counts while frames wait).
        index: Number of the frame in its source, from 0.
        pts: Presentation time in units of ``time_base``, or None where time means nothing.
        time_base: Length of one unit of ``pts`` in seconds.
        alpha: Opacity, shape (height, width), uint8, for images that have it.
        few: A function that makes `sampled` in less time than the image, for ``pixels`` that are
            a function too.
    """

    __slots__ = ("_few", "_pixels", "alpha", "index", "pts", "time_base")

    def __init__(
        self,
        pixels: Image | Callable[[], Image],
        *,
        index: int = 0,
        pts: int | None = None,
        time_base: Fraction | None = None,
        alpha: Alpha | None = None,
        few: Callable[[], Image] | None = None,
    ) -> None:
        self._few = few
        self._pixels = pixels if callable(pixels) else checked_image(pixels)
        self.index = index
        self.pts = pts
        self.time_base = time_base
        size = None if callable(pixels) else pixels.shape[:2]
        self.alpha = None if alpha is None else checked_alpha(alpha, size)

    @property
    def image(self) -> Image:
        """The raw pixels, read-only, shape (height, width, 3), BGR."""
        return checked_image(self._pixels()) if callable(self._pixels) else self._pixels

    @property
    def sampled(self) -> Image:
        """Every so many rows and columns of the image, see `passerby.arrays.thinned`."""
        return thinned(self.image) if self._few is None else checked_image(self._few())

    @property
    def time(self) -> float | None:
        """Seconds since the source's time zero, or None where time means nothing."""
        return _seconds(self.pts, self.time_base)

    def __repr__(self) -> str:
        return f"<raw Frame {self.index}, time {self.time}>"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise PrivacyError(
            "a raw Frame is neither pickled nor copied: hand on the name of its file"
        )


def _seconds(pts: int | None, time_base: Fraction | None) -> float | None:
    return None if pts is None or time_base is None else float(pts * time_base)


class AnonymizedFrame:
    """One picture that may be stored, sent and shown. Only the anonymizer makes it.

    Attributes:
        image: Shape (height, width, 3), BGR, uint8, in memory that nobody can write to.
        alpha: Opacity, shape (height, width), uint8, likewise, or None.
        index, pts, time_base: As in the `Frame` it was made from.
        covered_in_full: Whether the whole frame was covered because it could not be trusted.
        protection: What was done to it, and whether that hides people.
    """

    __slots__ = ("alpha", "covered_in_full", "image", "index", "protection", "pts", "time_base")

    image: Image
    alpha: Alpha | None
    index: int
    pts: int | None
    time_base: Fraction | None
    covered_in_full: bool
    protection: Protection

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

    def __repr__(self) -> str:
        return f"<AnonymizedFrame {self.index}, time {self.time}, {self.protection}>"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise PrivacyError("an AnonymizedFrame is neither pickled nor copied: hand it on as it is")


def seal(
    frame: Frame,
    image: Image,
    protection: Protection = UNKNOWN,
    *,
    alpha: Alpha | None = None,
    covered_in_full: bool = False,
) -> AnonymizedFrame:
    """Declare ``image`` to be the anonymized form of ``frame``.

    Only `passerby.anonymization` may call this: it is the gate between raw and safe. Pixels that
    can still be written to are copied.

    Args:
        frame: Gives its place and time.
        image: The new pixels.
        protection: What was done to them; what nobody said counts as weak.
        alpha: The new opacity.
        covered_in_full: Whether all is covered because it could not be trusted.

    Raises:
        ConfigError: If the image or the opacity has another type or shape.
    """
    sealed = object.__new__(AnonymizedFrame)
    checked = frozen(checked_image(image))
    values = {
        "image": checked,
        "alpha": None if alpha is None else frozen(checked_alpha(alpha, checked.shape[:2])),
        "index": frame.index,
        "pts": frame.pts,
        "time_base": frame.time_base,
        "covered_in_full": covered_in_full,
        "protection": protection,
    }
    for name, value in values.items():
        object.__setattr__(sealed, name, value)
    return sealed


def require_anonymized(frame: object, *, strong: bool = False) -> AnonymizedFrame:
    """Return ``frame`` if it is anonymized; every sink, store and view asks this first.

    Args:
        frame: What was handed over.
        strong: Whether it must also hide the people in it: that they were looked for, and
            that what covers them is not known to be weak.

    Raises:
        PrivacyError: If it is anything else, a raw `Frame` above all; or if it may show people and
            must not.
    """
    if type(frame) is not AnonymizedFrame:
        raise PrivacyError(
            f"expected an AnonymizedFrame, got {type(frame).__name__}: "
            "raw pixels are never stored, sent or shown; pass the frame to passerby.anonymize first"
        )
    if strong and frame.protection.weakness is not None:
        raise PrivacyError(f"a frame that hides people is asked for: {frame.protection.weakness}")
    return frame


def require_preview(frame: object) -> AnonymizedFrame:
    """Return ``frame`` if it is all coarse cells or black; what lets people be compared asks this.

    Raises:
        PrivacyError: If it is anything else.
    """
    sealed = require_anonymized(frame)
    if sealed.protection not in (CELLS, BLACK):
        raise PrivacyError(
            "people who could be recognised by comparing are shown as 8x8 cells alone: pass the "
            "frame to passerby.anonymization.preview first"
        )
    return sealed


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
