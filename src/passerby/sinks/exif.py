"""The part of a picture's metadata that may be kept: what cannot show anybody."""

from pathlib import Path
from typing import Any

from PIL import Image as Pillow
from PIL.ExifTags import IFD, Base
from PIL.Image import Exif

__all__ = ["kept_exif"]

_MAIN_FIELDS = (
    Base.ImageDescription,
    Base.Make,
    Base.Model,
    Base.Software,
    Base.DateTime,
    Base.Artist,
    Base.Copyright,
)
_NEVER = (
    Base.MakerNote,
    Base.ExifImageWidth,
    Base.ExifImageHeight,
    Base.ExifInteroperabilityOffset,
)
_LONGEST = 1024
"""Bytes or characters; cameras hide previews of the raw picture in longer fields."""


def kept_exif(path: Path) -> Exif:
    """Read the metadata of the picture at ``path`` that its copy may keep.

    Kept are what and who made it, and the short fields about the shot and the place. Never
    kept are the thumbnail, the maker's note and any long field, since they may show the raw
    picture, nor orientation and size, which no longer hold.
    """
    kept = Exif()
    with Pillow.open(path) as image:
        original = image.getexif()
        main = {int(tag): original[tag] for tag in _MAIN_FIELDS if tag in original}
        kept.update(_harmless(main))
        for directory in (IFD.Exif, IFD.GPSInfo):
            fields = _harmless(original.get_ifd(directory))
            if fields:
                kept.get_ifd(directory).update(fields)
    return kept


def _harmless(fields: dict[int, Any]) -> dict[int, Any]:
    return {
        tag: value
        for tag, value in fields.items()
        if tag not in _NEVER and len(str(value)) <= _LONGEST
    }
