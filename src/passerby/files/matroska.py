"""Matroska and WebM files that were joined end to end, as ``cat`` does, read as one film.

Recorders that begin a new file every few minutes are put together like that. FFmpeg reads two of
them, or one where a recorder could not say how long it is, and then stops without a word.
"""

import io
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

from passerby.files.plain import open_plain
from passerby.files.searching import places_of
from passerby.locations import Location

__all__ = ["Joined", "Segment", "pieces_of"]

_HEAD, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_NEXT_HEAD = re.compile(
    rb"\x1a\x45\xdf\xa3[\x00-\xff]{1,80}?\x42\x82.{1,8}?(?:matroska|webm)", re.S
)
"""The header of a file with its document type, for pieces that do not say where they end."""

_LONGEST_HEAD = 104
"""Bytes that it matches, at most."""

_LONGEST_NUMBER = 8


class Segment(NamedTuple):
    """One of the files.

    Attributes:
        start: Where its head begins.
        body: Where that ends, and what is in its segment begins.
        end: Where the segment ends, as it says itself; that may lie beyond the end of the file.
    """

    start: int
    body: int
    end: int


def pieces_of(path: Location) -> list[Segment]:
    """The files that one consists of; none where it is not of this kind (RFC 8794, 9559)."""
    with open_plain(path) as file:
        return list(_pieces(file)) if file.read(len(_HEAD)) == _HEAD else []


class Joined(io.RawIOBase):
    """What is in the segments of several pieces, in a row, behind the head of the first.

    Args:
        path: Of the file that holds them.
        pieces: See `pieces_of`.
    """

    def __init__(self, path: Location, pieces: Sequence[Segment]) -> None:
        super().__init__()
        self._file = open_plain(path)
        self._length = self._file.seek(0, io.SEEK_END)
        first, *others = pieces
        self._ranges = [(first.start, first.end), *((one.body, one.end) for one in others)]
        self._place = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, counted without the heads that are left out."""
        if whence == io.SEEK_CUR:
            offset += self._place
        elif whence == io.SEEK_END:
            offset += sum(end - start for start, end in self._ranges)
        self._place = max(offset, 0)
        return self._place

    def tell(self) -> int:
        """Where it is."""
        return self._place

    def read(self, size: int = -1) -> bytes:
        """Read up to so many bytes, of one piece at a time; all that is left of it if negative."""
        place = self._place
        for start, end in self._ranges:
            if place < end - start:
                self._file.seek(min(start + place, self._length))
                left = end - start - place
                content = self._file.read(left if size < 0 else min(size, left))
                self._place += len(content)
                return content
            place -= end - start
        return b""

    def close(self) -> None:
        """Let the file go."""
        self._file.close()
        super().close()


def _pieces(file: BinaryIO) -> Iterator[Segment]:
    place = start = 0
    length = file.seek(0, io.SEEK_END)
    while place < length and (element := _element(file, place)) is not None:
        kind, body, end = element
        if kind == _SEGMENT:
            end = _next_head(file, body) if end is None else end
            yield Segment(start, body, end)
        elif end is None:
            return
        elif kind == _HEAD:
            start = place
        place = end


def _element(file: BinaryIO, place: int) -> tuple[bytes, int, int | None] | None:
    """The element at a place: its kind, where its content begins, and where it ends, if known."""
    file.seek(place)
    head = file.read(2 * _LONGEST_NUMBER)
    letters = _length(head)
    digits = _length(head[letters:]) if letters else 0
    if not digits:
        return None
    body = place + letters + digits
    most = (1 << 7 * digits) - 1
    size = int.from_bytes(head[letters : letters + digits]) & most
    return head[:letters], body, None if size == most else body + size


def _length(number: bytes) -> int:
    """Of a number, 1 to 8 bytes, which its first byte tells; 0 where there is none."""
    first = number[0] if number else 0
    return 9 - first.bit_length() if first else 0


def _next_head(file: BinaryIO, place: int) -> int:
    """Where the next piece begins, or where the file ends."""
    found = next(places_of(_NEXT_HEAD, file, _LONGEST_HEAD, place), None)
    return file.seek(0, io.SEEK_END) if found is None else found
