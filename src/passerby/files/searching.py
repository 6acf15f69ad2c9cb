"""Looking for bytes in a file that is too large for memory."""

import re
from collections.abc import Iterator
from typing import BinaryIO

__all__ = ["places_of"]

_CHUNK = 1 << 22


def places_of(
    pattern: re.Pattern[bytes], file: BinaryIO, longest: int, start: int = 0
) -> Iterator[int]:
    """Find all places of a pattern that do not overlap.

    Args:
        pattern: Which matches at least one byte.
        file: Is read from ``start`` to its end.
        longest: Most bytes that the pattern matches.
        start: Where the search begins.

    Yields:
        Where each match begins.

    Example:
        >>> import io
        >>> list(places_of(re.compile(b"ab"), io.BytesIO(b"abcabc"), longest=2))
        [0, 3]
    """
    place, held, search = start, b"", 0
    file.seek(start)
    while chunk := file.read(_CHUNK):
        held += chunk
        # What begins further behind may go on in the next chunk.
        safe = len(held) - longest if len(chunk) == _CHUNK else len(held)
        for found in pattern.finditer(held, search):
            if found.start() > safe:
                break
            yield place + found.start()
            search = found.end()
        kept = max(safe, search)
        place, held, search = place + kept, held[kept:], 0
