"""Pictures and animations, decoded by Pillow."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO, Self

from PIL import Image as Pillow
from PIL import UnidentifiedImageError
from PIL.Image import DecompressionBombError
from PIL.ImageFile import ImageFile

from passerby.errors import InputError, PasserbyError
from passerby.media import Medium
from passerby.sources.limits import MAX_PIXELS, check_size
from passerby.sources.pixels import bits_of, is_grey, pixels_of, upright
from passerby.types import Frame, Image

__all__ = ["ImageSource", "decoded", "is_image"]

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")
_LOSSLESS_FORMATS = ("PNG", "TIFF", "BMP", "GIF")
_MILLISECOND = Fraction(1, 1000)

# Without a handler, Python would print Pillow's log of damaged files to the terminal.
logging.getLogger("PIL").addHandler(logging.NullHandler())


def is_image(path: Path) -> bool:
    """Whether the file begins as one of the picture formats that are read.

    Raises:
        InputError: If it does, and is damaged or too large right there.
    """
    with _understood(path), path.open("rb") as file:
        try:
            _open(path, file)
        except UnidentifiedImageError:
            return False
    return True


def decoded(content: bytes, path: Path) -> Image:
    """Return the first frame of what a file holds, shape (height, width, 3), BGR.

    Args:
        content: Of the file.
        path: Its name, for messages.

    Raises:
        InputError: If it is damaged or too large.
    """
    with _understood(path):
        image, _alpha = pixels_of(upright(_open(path, io.BytesIO(content))))
    return image


class ImageSource:
    """The one frame of a picture, or the frames of an animation or of a TIFF with pages.

    Args:
        path: A JPEG, PNG, WebP, TIFF, BMP or GIF file.

    Raises:
        InputError: If it is damaged or too large.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _understood(path):
            self._file = path.open("rb")
            try:
                self._image = _open(path, self._file)
                self._durations = _durations(path, self._image)
                self._medium = _medium(path, self._image, self._durations)
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
            with _understood(self._path):
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
        self._image.seek(index)
        self._image.load()
        image, alpha = pixels_of(upright(self._image))
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


def _open(path: Path, file: BinaryIO) -> ImageFile:
    image = Pillow.open(file, formats=_FORMATS)
    check_size(str(path), image.width, image.height)
    return image


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    """Turn whatever Pillow's parsers raise on a damaged file into one clear line.

    Their warnings, of size and of damaged metadata, are not for the user: size is checked here,
    and metadata is not kept.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except PasserbyError:
        raise
    except DecompressionBombError as error:
        limit = f"{MAX_PIXELS / 1e6:.0f} million"
        raise InputError(f"{path} has more than {limit} pixels: cut or shrink it first") from error
    except MemoryError as error:
        raise InputError(f"{path} needs more memory than there is: shrink it first") from error
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{path} is damaged ({reason}): repair or export it again") from error


def _durations(path: Path, image: ImageFile) -> list[int]:
    """How long each frame shows, in milliseconds, at least 1 so that times increase.

    The second picture that phones hide in a JPEG (MPO) is no frame.
    """
    count = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    check_size(str(path), image.width, image.height, count)
    durations = []
    for index in range(count):
        image.seek(index)
        if count > 1:
            image.load()  # only then WebP knows
        durations.append(max(round(image.info.get("duration") or 0), 1))
    image.seek(0)
    return durations


def _medium(path: Path, image: ImageFile, durations: list[int]) -> Medium:
    count = len(durations)
    timed = count > 1 and image.format != "TIFF"
    bits = bits_of(image)
    sideways = image.getexif().get(0x0112, 1) >= 5
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
        notes=(f"{bits} bits reduced to 8",) if bits > 8 else (),
    )


def _is_lossless_webp(path: Path, image: ImageFile) -> bool:
    """Whether a WebP holds a VP8L chunk (RFC 9649, 2.6), not a lossy VP8 one."""
    if image.format != "WEBP":
        return False
    with path.open("rb") as file:
        return b"VP8L" in file.read(4096)
