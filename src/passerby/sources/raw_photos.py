"""Raw photographs: what a camera's sensor saw, beside previews that must not be taken for it."""

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from PIL.TiffImagePlugin import ImageFileDirectory_v2 as Directory

__all__ = ["is_raw"]

_HEADS = (
    (0, b"FUJIFILMCCD-RAW"),  # RAF
    (0, b"IIRO"),  # ORF
    (0, b"IIRS"),
    (0, b"MMOR"),
    (0, b"IIU\x00"),  # RW2, RWL
    (0, b"FOVb"),  # X3F
    (0, b"\x00MRM"),  # MRW
    (0, b"ARRI"),
    (4, b"ftypcrx "),  # CR3
    (6, b"HEAPCCDR"),  # CRW
    (8, b"CR\x02"),  # CR2, a TIFF
    (8, b"IIII"),  # IIQ, a TIFF
)
"""How files of raw photographs begin, and where."""

_TIFF_HEADS = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")

_WIDTH, _HEIGHT, _COMPRESSION, _PHOTOMETRIC = 256, 257, 259, 262
_NEW_KIND, _OLD_KIND, _INNER, _DNG_VERSION = 254, 255, 330, 50706
_OF_SENSORS = (32803, 34892)
"""Colours as a sensor sees them: behind a mosaic of filters, and without one."""
_OF_CAMERAS = (32767, 32769, 32770, 34713, 65000, 65535)
"""Compressions that cameras alone use: Sony, Epson, Samsung, Nikon, Kodak, Pentax."""
_MOST_DIRECTORIES = 64


def is_raw(file: BinaryIO) -> bool:
    """Whether a file holds a raw photograph, or a TIFF whose first page is a preview."""
    file.seek(0)
    head = file.read(32)
    if any(head.startswith(start, place) for place, start in _HEADS):
        return True
    return head[:4] in _TIFF_HEADS and _is_raw_tiff(list(_directories(file, head)))


def _is_raw_tiff(directories: list[Directory]) -> bool:
    """The first directory tells what viewers show; inner ones may hold something larger."""
    if not directories:
        return False
    first, *others = directories
    return (
        _DNG_VERSION in first
        or _is_reduced(first)
        or any(_is_of_a_camera(one) for one in directories)
        or any(_pixels(one) > _pixels(first) for one in others if one.group == _INNER)
    )


def _is_reduced(directory: Directory) -> bool:
    kind = directory.get(_NEW_KIND, 0)
    return (isinstance(kind, int) and kind & 1 == 1) or directory.get(_OLD_KIND) == 2


def _is_of_a_camera(directory: Directory) -> bool:
    return directory.get(_PHOTOMETRIC) in _OF_SENSORS or directory.get(_COMPRESSION) in _OF_CAMERAS


def _pixels(directory: Directory) -> int:
    width, height = directory.get(_WIDTH, 0), directory.get(_HEIGHT, 0)
    return width * height if isinstance(width, int) and isinstance(height, int) else 0


def _directories(file: BinaryIO, head: bytes) -> Iterator[Directory]:
    """The pages of a TIFF, each followed by what lies inside it, as far as they can be read."""
    big = head[2:3] == b"+" or head[3:4] == b"+"
    header = head[:16] if big else head[:8]
    place, seen = Directory(header).next, set[int]()
    while place and place not in seen and len(seen) < _MOST_DIRECTORIES:
        seen.add(place)
        page = _directory(file, header, place)
        if page is None:
            return
        yield page
        for inner in _offsets(page.get(_INNER)):
            if inner not in seen and len(seen) < _MOST_DIRECTORIES:
                seen.add(inner)
                directory = _directory(file, header, inner, group=_INNER)
                if directory is not None:
                    yield directory
        place = page.next


def _directory(
    file: BinaryIO, header: bytes, place: int, group: int | None = None
) -> Directory | None:
    directory = Directory(header, group=group)
    with suppress(OSError, ValueError, TypeError, KeyError, OverflowError, struct.error):
        file.seek(place)
        directory.load(file)
        return directory
    return None


def _offsets(value: object) -> tuple[int, ...]:
    values = value if isinstance(value, tuple) else (value,)
    return tuple(one for one in values if isinstance(one, int) and one > 0)
