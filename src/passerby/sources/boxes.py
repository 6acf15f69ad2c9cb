"""The outermost boxes of a file in the family of MP4, HEIC and AVIF (ISO/IEC 14496-12)."""

from collections.abc import Iterator
from io import SEEK_END
from typing import BinaryIO, NamedTuple

__all__ = ["FileKind", "file_kind", "films_in"]

_PICTURES = frozenset(
    (
        *(b"avif", b"avis", b"mif1", b"msf1"),
        *(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"),
    )
)
"""Brands of pictures and of sequences of pictures."""

_FILM = frozenset((b"moov", b"mpvd"))
"""Boxes that hold a film: the usual one, and that of a moving photograph."""

_MOST_BOXES = 1000


class FileKind(NamedTuple):
    """What a file of this family says of itself.

    Attributes:
        brand: The main one.
        is_picture: Whether it is a HEIC or AVIF picture, or a sequence of such.
        has_film: Whether a film is in it.
        is_cut: Whether it ends before its last box does.
    """

    brand: bytes
    is_picture: bool
    has_film: bool
    is_cut: bool = False


def file_kind(file: BinaryIO) -> FileKind | None:
    """Read the outermost boxes, or return None where a file does not begin as one of the family."""
    file.seek(0)
    head = file.read(16)
    if head[4:8] != b"ftyp":
        return None
    rest = file.read(min(max(int.from_bytes(head[:4]) - 16, 0), 4096))
    main, others = head[8:12], {rest[place : place + 4] for place in range(0, len(rest), 4)}
    boxes = list(_boxes(file))
    has_film = any(kind in _FILM for kind, _ in boxes)
    listed = bool(others & _PICTURES) and not has_film
    is_cut = boxes[-1][1] > file.seek(0, SEEK_END)
    return FileKind(main, main in _PICTURES or listed, has_film, is_cut)


def films_in(file: BinaryIO) -> int:
    """How many films there are, each with an index of its own; readers take the first.

    Of a film in pieces (``moof``), each may repeat the index, so that nothing is known.
    """
    kinds = [kind for kind, _ in _boxes(file)]
    return 1 if b"moof" in kinds else max(kinds.count(b"moov"), 1)


def _boxes(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """The kinds of the outermost boxes and where each ends, as far as they can be followed."""
    place, length = 0, file.seek(0, SEEK_END)
    for _ in range(_MOST_BOXES):
        if place >= length:  # a size may be any number
            return
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:
            return
        size = int.from_bytes(head[:4])
        if size == 1:
            size = int.from_bytes(head[8:16])
        place += size
        yield head[4:8], place
        if size < 8:  # 0: up to the end of the file
            return
