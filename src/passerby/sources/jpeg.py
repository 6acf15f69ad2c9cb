"""What lies in a file behind its first JPEG picture."""

import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from passerby.files.plain import open_plain
from passerby.locations import Location, ObjectPath

__all__ = ["JpegFile", "read_jpeg_file"]

_START = b"\xff\xd8\xff"
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""What ends compressed pixels: in them, 0xFF is followed by 0 or by the mark of a restart."""
_NEXT = re.compile(rb"[\x00\t\n\r\x20-\x7e\xff]{0,4096}?\xff\xd8\xff")
"""The next picture, behind what cameras put between two: nothing, padding, or lines of text."""
_SIZES = frozenset((*range(0xC0, 0xD0),)) - {0xC4, 0xC8, 0xCC}
"""Markers of segments that tell the size (ITU-T T.81, table B.1)."""
_WITHOUT_LENGTH = frozenset((0x01, *range(0xD0, 0xD8)))
_BEGIN, _END, _APP2 = 0xD8, 0xD9, 0xE2

_Content = bytes | mmap.mmap


class JpegFile(NamedTuple):
    """What a file that starts as a JPEG picture holds.

    Attributes:
        is_video: Whether pictures of one size follow each other: Motion JPEG.
        left_over: Bytes behind the picture but zeros, where it is no video.
    """

    is_video: bool
    left_over: int


class _Picture(NamedTuple):
    """Attributes: end, behind the picture, or None if it is cut off; lists, a list of others."""

    end: int | None
    size: bytes
    lists_others: bool


def read_jpeg_file(path: Location) -> JpegFile:
    """Tell a video of JPEG pictures from one picture with others behind it.

    A phone's second picture (MPO) is listed in the first; previews are smaller; the film of a
    moving photograph is none of JPEG pictures. What is left is a video.
    """
    with _content(path) as content:
        first = _picture(content, 0)
        if first.end is None:
            return JpegFile(is_video=False, left_over=0)
        following = _NEXT.match(content, first.end)
        if following is not None and not first.lists_others:
            second = _picture(content, following.end() - len(_START))
            if second.size == first.size:
                return JpegFile(is_video=True, left_over=0)
        return JpegFile(is_video=False, left_over=len(content[first.end :].strip(b"\x00")))


@contextmanager
def _content(path: Location) -> Iterator[_Content]:
    """What a file holds, mapped; of an object, in memory."""
    with open_plain(path) as file:
        if isinstance(path, ObjectPath):
            yield file.read()
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield mapped


def _picture(content: _Content, start: int) -> _Picture:
    """Walk over the segments of the picture at ``start``."""
    place, size, lists_others = start + 2, b"", False
    while (match := _MARKER.search(content, place)) is not None:
        marker, place = content[match.start() + 1], match.end()
        if marker == _END:
            return _Picture(place, size, lists_others)
        if marker == _BEGIN:  # some cameras leave out the end
            return _Picture(match.start(), size, lists_others)
        if marker in _WITHOUT_LENGTH:
            continue
        if marker in _SIZES:
            size = content[place + 3 : place + 7]
        if marker == _APP2 and content[place + 2 : place + 6] == b"MPF\x00":
            lists_others = True
        place += int.from_bytes(content[place : place + 2])
    return _Picture(None, size, lists_others)
