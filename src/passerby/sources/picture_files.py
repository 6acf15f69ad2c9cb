"""Files of pictures, opened for what they hold and not for what they are called."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from PIL import Image as Pillow
from PIL import UnidentifiedImageError
from PIL.Image import DecompressionBombError
from PIL.ImageFile import ImageFile

from passerby.containers import starts_as_jpeg
from passerby.errors import InputError, PasserbyError
from passerby.files.plain import open_plain
from passerby.heif import register_heif
from passerby.locations import Location
from passerby.sources.boxes import file_kind
from passerby.sources.jpeg import JpegFile, read_jpeg_file
from passerby.sources.limits import MAX_PIXELS, check_size
from passerby.sources.raw_photos import is_raw

__all__ = ["behind_the_picture", "is_image", "open_picture", "understood"]

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")
_HEIF_FORMATS = ("AVIF", "HEIF")

_BITS, _PLANES, _SEPARATE = 258, 284, 2
"""Tags of TIFF and the value for samples that are not stored pixel by pixel."""
_LEVELS = {"L;2": 85, "L;4": 17}
"""By what Pillow multiplies grey of 2 and 4 bits, but not the value for transparency."""

# Without a handler, Python would print Pillow's log of damaged files to the terminal.
logging.getLogger("PIL").addHandler(logging.NullHandler())


def is_image(path: Location) -> bool:
    """Whether the file begins as one of the picture formats that are read.

    Raises:
        InputError: If it does, and is damaged or too large right there, or is a raw photograph.
    """
    if behind_the_picture(path).is_video:
        return False
    with understood(path), open_plain(path) as file:
        try:
            open_picture(path, file)
        except UnidentifiedImageError:
            if not starts_as_jpeg(path):
                return False
            raise InputError(
                f"{path} is damaged (it begins like a JPEG picture but is not one): "
                "repair or export it again"
            ) from None
    return True


def open_picture(path: Location, file: BinaryIO) -> ImageFile:
    """Open a picture without decoding it.

    Args:
        path: Its name, for messages.
        file: What it holds.

    Raises:
        InputError: If it is too large, or a raw photograph.
        UnidentifiedImageError: If it is none.
        Exception: Whatever Pillow raises on a damaged file; see `understood`.
    """
    if is_raw(file):
        raise InputError(
            f"{path} is a raw photograph, of which only a preview could be read: "
            "develop it to JPEG, PNG or TIFF first"
        )
    kind = file_kind(file)
    file.seek(0)
    if kind is not None and kind.is_picture:
        if kind.is_cut:  # the decoder would leave out tiles without a word
            raise InputError(f"{path} is truncated: copy or export it again")
        image = _open_heif(path, file)
    else:
        image = Pillow.open(file, formats=_FORMATS)
    check_size(str(path), image.width, image.height)
    _check_planes(path, image)
    _widen_transparency(image)
    return image


def behind_the_picture(path: Location) -> JpegFile:
    """What follows the first picture in a JPEG file; nothing in files of other formats."""
    if not starts_as_jpeg(path):
        return JpegFile(is_video=False, left_over=0)
    return read_jpeg_file(path)


@contextmanager
def understood(path: Location) -> Iterator[None]:
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
        raise InputError(f"{path} needs more memory than is available: shrink it first") from error
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{path} is damaged ({reason}): repair or export it again") from error


def _check_planes(path: Location, image: ImageFile) -> None:
    """Refuse what Pillow takes for planes of 8 bits, which shows every second column as noise."""
    tags = getattr(image, "tag_v2", {})
    if tags.get(_PLANES) == _SEPARATE and max(tags.get(_BITS, (8,))) > 8:
        raise InputError(
            f"{path} is a TIFF with more than 8 bits in separate planes, which cannot be read: "
            "convert it to PNG first"
        )


def _widen_transparency(image: ImageFile) -> None:
    """Make the transparent colour of a PNG one of those that Pillow gives: of 8 bits a channel."""
    clear = image.info.get("transparency")
    layout = str(image.tile[0].args) if image.tile else ""
    if isinstance(clear, int):
        image.info["transparency"] = clear * _LEVELS.get(layout, 1)
    elif isinstance(clear, tuple) and ";16" in layout:
        image.info["transparency"] = tuple(value >> 8 for value in clear)


def _open_heif(path: Location, file: BinaryIO) -> ImageFile:
    """HEIC and AVIF; their own marks turn them, so that what others say of it counts for nothing.

    A file that Pillow cannot open must not be taken for a video: its tiles would be the frames.
    """
    register_heif()
    try:
        image = Pillow.open(file, formats=_HEIF_FORMATS)
    except UnidentifiedImageError as error:
        raise InputError(
            f"{path} is a HEIC or AVIF file without a picture that can be read, perhaps a "
            "sequence of pictures: convert it to JPEG, or to a video, first"
        ) from error
    image.info.pop("xmp", None)
    return image
