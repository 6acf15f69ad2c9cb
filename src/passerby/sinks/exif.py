"""The part of a picture's metadata that may be kept: what cannot show anybody."""

import warnings
from typing import Any

from PIL import Image as Pillow
from PIL import UnidentifiedImageError
from PIL.ExifTags import GPS, IFD, Base
from PIL.Image import Exif

from passerby.files.plain import open_plain
from passerby.heif import register_heif
from passerby.locations import Location
from passerby.sinks.tags import LONGEST, is_text

__all__ = ["kept_exif"]

_MAIN_FIELDS = frozenset(
    (
        Base.ImageDescription,
        Base.Make,
        Base.Model,
        Base.Software,
        Base.DateTime,
        Base.Artist,
        Base.Copyright,
    )
)
_NEVER = frozenset(
    (
        Base.MakerNote,
        Base.ExifImageWidth,
        Base.ExifImageHeight,
        Base.ExifInteroperabilityOffset,
        Base.ExifOffset,
        Base.GPSInfo,
    )
)
_OF_SHOTS = frozenset(tag for tag in Base if Base.ExposureTime <= tag < 0xA500) - _NEVER
"""Fields of a shot (CIPA DC-008, tables 7 and 8); other numbers are those of pixels."""
_FIELDS = {IFD.Exif: _OF_SHOTS, IFD.GPSInfo: frozenset(GPS)}
"""What may be kept of each directory; what a field of an unknown number holds, nobody knows."""


def kept_exif(path: Location) -> Exif:
    """Read the metadata of the picture at ``path`` that its copy may keep.

    Kept are what and who made it, and the short fields about the shot and the place. Never
    kept are the thumbnail, the maker's note, any long field and data that is written as text,
    since they may show the raw picture, nor orientation and size, which no longer hold. Of
    metadata that is damaged, nothing is kept.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            return _kept(path)
    except Exception:  # noqa: BLE001 (whatever a damaged field raises, the copy can do without)
        return Exif()


def _kept(path: Location) -> Exif:
    kept = Exif()
    with _opened(path) as image:
        original = image.getexif()
        main = {int(tag): original[tag] for tag in _MAIN_FIELDS if tag in original}
        kept.update({tag: value for tag, value in main.items() if _is_harmless(value)})
        for directory, known in _FIELDS.items():
            fields = {
                tag: value
                for tag, value in original.get_ifd(directory).items()
                if tag in known and _is_harmless(value) and _can_be_written(directory, tag, value)
            }
            if fields:
                kept.get_ifd(directory).update(fields)
    return kept


def _opened(path: Location) -> Pillow.Image:
    file = open_plain(path)
    try:
        return Pillow.open(file)
    except UnidentifiedImageError:
        register_heif()
        return Pillow.open(file)


def _is_harmless(value: object) -> bool:
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return len(text) <= LONGEST and is_text(text)


def _can_be_written(directory: int, tag: int, value: Any) -> bool:  # noqa: ANN401 (of any type)
    """Whether Pillow can write what it has read: damaged fields may be of the wrong type."""
    alone = Exif()
    alone.get_ifd(directory)[tag] = value
    try:
        alone.tobytes()
    except Exception:  # noqa: BLE001 (struct.error, TypeError, OverflowError ...)
        return False
    return True
