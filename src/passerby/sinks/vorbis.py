"""The head of a Vorbis stream without its comments: they may hold a title, a place, a picture."""

__all__ = ["without_comments"]

_COMMENT = b"\x03vorbis"
_NO_COMMENT = _COMMENT + bytes(8) + b"\x01"
"""No vendor, no comments, and the bit that ends them (Vorbis I specification, 5.2.1)."""


def without_comments(head: bytes) -> bytes:
    """Empty the comments in the three headers that containers store before a Vorbis stream.

    Args:
        head: The number of headers less one, the lengths of the first two, and the headers,
            as Matroska and FFmpeg store them (Xiph lacing).

    Raises:
        ValueError: If it is laid out otherwise.
    """
    first, place = _length(head, 1)
    second, place = _length(head, place)
    identification = head[place : place + first]
    comment = head[place + first : place + first + second]
    setup = head[place + first + second :]
    if head[:1] != b"\x02" or not comment.startswith(_COMMENT) or not setup:
        raise ValueError("Vorbis whose header cannot be read")
    lengths = b"\x02" + _laced(first) + _laced(len(_NO_COMMENT))
    return lengths + identification + _NO_COMMENT + setup


def _length(head: bytes, place: int) -> tuple[int, int]:
    """A length, the sum of bytes up to the first that is not 255, and where it ends."""
    length = 0
    while head[place : place + 1] == b"\xff":
        length, place = length + 255, place + 1
    return length + int.from_bytes(head[place : place + 1]), place + 1


def _laced(length: int) -> bytes:
    return b"\xff" * (length // 255) + bytes([length % 255])
