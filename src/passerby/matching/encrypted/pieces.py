"""Several pieces of bytes as one, each with its length before it."""

from collections.abc import Iterable, Iterator
from struct import Struct

from passerby.errors import InputError

__all__ = ["join_pieces", "split_pieces"]

_LENGTH = Struct("<I")


def join_pieces(pieces: Iterable[bytes]) -> bytes:
    """Put pieces of up to 4 GB one after the other."""
    return b"".join(part for piece in pieces for part in (_LENGTH.pack(len(piece)), piece))


def split_pieces(content: bytes) -> Iterator[bytes]:
    """Yield the pieces that `join_pieces` was given.

    Raises:
        InputError: If it ends within one.

    Example:
        >>> list(split_pieces(join_pieces([b"a", b"", b"bc"])))
        [b'a', b'', b'bc']
    """
    place = 0
    while place < len(content):
        start = place + _LENGTH.size
        head = content[place:start]
        place = start + (_LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else len(content))
        if place > len(content):
            raise InputError("a message ends too early: send it again")
        yield content[start:place]
