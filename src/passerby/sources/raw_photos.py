"""Raw photographs: what a camera's sensor saw, beside previews that must not be taken for it."""

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, NamedTuple

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


class _Page(NamedTuple):
    """What one directory of a TIFF says.

    Attributes:
        pixels: How many the picture has.
        is_reduced: Whether it is a smaller copy of another.
        is_of_a_camera: Whether its pixels are as cameras alone store them.
        inner: Places of the directories inside it.
        following: Place of the next directory, 0 for none.
        is_inner: Whether it lies inside another.
    """

    pixels: int = 0
    is_reduced: bool = False
    is_of_a_camera: bool = False
    inner: tuple[int, ...] = ()
    following: int = 0
    is_inner: bool = False


def is_raw(file: BinaryIO) -> bool:
    """Whether a file holds a raw photograph, or a TIFF whose first page is a preview."""
    file.seek(0)
    head = file.read(32)
    if any(head.startswith(start, place) for place, start in _HEADS):
        return True
    if head[:4] not in _TIFF_HEADS or len(head) < 16:
        return False
    first, *others = [*_pages(file, head)] or [_Page()]
    return (
        first.is_reduced
        or any(page.is_of_a_camera for page in (first, *others))
        or any(page.is_inner and page.pixels > first.pixels for page in others)
    )


def _pages(file: BinaryIO, head: bytes) -> Iterator[_Page]:
    """The pages of a TIFF, each followed by what lies inside it, as far as they can be read."""
    header = head[:16] if b"+" in head[2:4] else head[:8]
    place, seen = Directory(header).next, set[int]()
    while place and place not in seen and len(seen) < _MOST_DIRECTORIES:
        seen.add(place)
        page = _page(file, header, place, is_inner=False)
        yield page
        for inner in page.inner[: _MOST_DIRECTORIES - len(seen)]:
            seen.add(inner)
            yield _page(file, header, inner, is_inner=True)
        place = page.following


def _page(file: BinaryIO, header: bytes, place: int, *, is_inner: bool) -> _Page:
    directory = Directory(header)
    with suppress(OSError, ValueError, TypeError, KeyError, OverflowError, struct.error):
        file.seek(place)
        directory.load(file)
        inner = directory.get(_INNER, ())
        return _Page(
            pixels=_number(directory, _WIDTH) * _number(directory, _HEIGHT),
            is_reduced=_number(directory, _NEW_KIND) & 1 == 1 or _number(directory, _OLD_KIND) == 2,
            is_of_a_camera=_DNG_VERSION in directory
            or _number(directory, _PHOTOMETRIC) in _OF_SENSORS
            or _number(directory, _COMPRESSION) in _OF_CAMERAS,
            inner=inner if isinstance(inner, tuple) else (inner,),
            following=directory.next or 0,
            is_inner=is_inner,
        )
    return _Page()


def _number(directory: Directory, tag: int) -> int:
    value = directory.get(tag, 0)
    return value if isinstance(value, int) else 0
