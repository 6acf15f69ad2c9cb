"""Pictures and animations, decoded by Pillow."""

import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Self

from PIL.ImageFile import ImageFile

from passerby.errors import InputError
from passerby.files.plain import open_plain
from passerby.locations import Location
from passerby.media import Medium
from passerby.runtime.counting import counted
from passerby.sources.limits import check_size
from passerby.sources.loading import SIDEWAYS, loaded, turn_of
from passerby.sources.pages import notes_on_pages, pages_of
from passerby.sources.picture_files import is_image, open_picture, understood
from passerby.sources.pixels import bits_of, is_grey, pixels_of
from passerby.types import Frame, Image

__all__ = ["ImageSource", "decoded", "is_image"]

_LOSSLESS_FORMATS = ("PNG", "TIFF", "BMP", "GIF")
_MILLISECOND = Fraction(1, 1000)

_NO_DELAY = 10
_USUAL_DELAY = 100
"""Milliseconds: browsers show a frame whose delay is no longer than the first for the second."""


def decoded(content: bytes, path: Location, most: int | None = None) -> Image:
    """Return the first frame of what a file holds, shape (height, width, 3), BGR.

    Args:
        content: Of the file.
        path: Its name, for messages.
        most: Pixels that it may have; by default as many as any picture.

    Raises:
        InputError: If it is damaged or too large.
    """
    with understood(path):
        picture = open_picture(path, io.BytesIO(content))
        if most is not None and picture.width * picture.height > most:
            raise InputError(
                f"{path} has {picture.width}x{picture.height} pixels, more than "
                f"{most / 1e6:.0f} million: cut or shrink it first"
            )
        image, _alpha = pixels_of(loaded(picture))
    return image


class ImageSource:
    """The one frame of a picture, or the frames of an animation or of a TIFF with pages.

    Args:
        path: A JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or AVIF file.

    Raises:
        InputError: If it is damaged or too large.
    """

    def __init__(self, path: Location) -> None:
        self._path = path
        with understood(path):
            self._file = open_plain(path)
            try:
                self._image = open_picture(path, self._file)
                notes = list(notes_on_pages(path, self._file, self._image))
                self._pages = pages_of(self._image)
                delays = _delays(path, self._image, self._pages)
                self._durations = [_shown_for(delay) for delay in delays]
                notes += _notes_on(delays, self._image)
                self._medium = _medium(path, self._image, self._durations, tuple(notes))
            except BaseException:
                self.close()
                raise

    @property
    def medium(self) -> Medium:
        """What is being read."""
        return self._medium

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames, upright, in sRGB; those of an animation with their times.

        Raises:
            InputError: If a frame is damaged or of another size than the first.
        """
        starts = accumulate(self._durations, initial=0)
        for index, start in zip(range(len(self._durations)), starts, strict=False):
            with understood(self._path):
                frame = self._frame(index, start)
            yield frame

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _frame(self, index: int, start: int) -> Frame:
        self._image.seek(self._pages[index])
        image, alpha = pixels_of(loaded(self._image))
        height, width = image.shape[:2]
        if (width, height) != (self._medium.width, self._medium.height):
            raise InputError(
                f"{self._path}: page {index + 1} has {width}x{height} pixels, the first "
                f"{self._medium.width}x{self._medium.height}: split it into single files"
            )
        timed = self._medium.time_base is not None
        return Frame(
            image,
            index=index,
            pts=start if timed else None,
            time_base=self._medium.time_base,
            alpha=alpha,
        )


def _delays(path: Location, image: ImageFile, pages: Sequence[int]) -> list[int]:
    """What the file says how long each frame shows, in milliseconds."""
    check_size(str(path), image.width, image.height, len(pages))
    delays = []
    for page in pages:
        image.seek(page)
        if len(pages) > 1:
            image.load()  # only then WebP knows
        delays.append(round(image.info.get("duration") or 0))
    image.seek(pages[0])
    return delays


def _shown_for(delay: int) -> int:
    """How long browsers show a frame, in milliseconds."""
    return delay if delay > _NO_DELAY else _USUAL_DELAY


def _is_timed(image: ImageFile, frames: int) -> bool:
    """Whether it is an animation; the pages of a TIFF have no time."""
    return frames > 1 and image.format != "TIFF"


def _notes_on(delays: Sequence[int], image: ImageFile) -> Iterator[str]:
    short = sum(delay <= _NO_DELAY for delay in delays)
    if short and _is_timed(image, len(delays)):
        frames = counted(short, "frame")
        yield f"{frames} without a delay shown for {_USUAL_DELAY} ms, as in browsers"


def _medium(
    path: Location, image: ImageFile, durations: list[int], notes: tuple[str, ...]
) -> Medium:
    count = len(durations)
    timed = _is_timed(image, count)
    bits = bits_of(image)
    sideways = turn_of(image) in SIDEWAYS
    loop = image.info.get("loop")
    return Medium(
        name=str(path),
        kind="animation" if count > 1 else "image",
        width=image.height if sideways else image.width,
        height=image.width if sideways else image.height,
        rate=Fraction(1000 * count, sum(durations)) if timed else None,
        time_base=_MILLISECOND if timed else None,
        frames=count,
        bit_depth=bits,
        duration=sum(durations) * _MILLISECOND if timed else None,
        loop=loop if timed and isinstance(loop, int) else None,
        grey=is_grey(image),
        lossless=image.format in _LOSSLESS_FORMATS or _is_lossless_webp(path, image),
        notes=(*((f"{bits} bits reduced to 8",) if bits > 8 else ()), *notes),
    )


def _is_lossless_webp(path: Location, image: ImageFile) -> bool:
    """Whether a WebP holds a VP8L chunk (RFC 9649, 2.6), not a lossy VP8 one."""
    if image.format != "WEBP":
        return False
    with open_plain(path) as file:
        return b"VP8L" in file.read(4096)
