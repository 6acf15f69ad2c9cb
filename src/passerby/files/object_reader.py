"""An object as a file that is open for reading: a part at a time, in memory alone."""

import io
from typing import Any

from passerby.errors import InputError
from passerby.files.object_store import asking, state_of, store_of
from passerby.locations import ObjectPath

__all__ = ["ObjectReader"]

_LEAST, _MOST = 1 << 16, 1 << 23
"""Bytes that are fetched at once: the more, the longer a file is read on end."""


class ObjectReader(io.RawIOBase):
    """Reads an object as it was when it was opened.

    No part of it ever lies on a disk. Each request names the version that was opened, so that an
    object which is replaced meanwhile is noticed.

    Args:
        path: Of the object.

    Raises:
        InputError: If it cannot be read.
    """

    def __init__(self, path: ObjectPath) -> None:
        super().__init__()
        self._path = path
        self._state = state_of(path)
        self._place = 0
        self._start, self._held = 0, b""

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._state.size}[whence]
        self._place = max(begin + offset, 0)
        return self._place

    def tell(self) -> int:
        """Where it is."""
        return self._place

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes, fewer only at the end; all that is left if negative.

        Raises:
            InputError: If the store breaks off, or the object is not the one that was opened.
        """
        left = max(self._state.size - self._place, 0)
        size = left if size is None or size < 0 else min(size, left)
        end = self._place + size
        if not self._start <= self._place <= end <= self._start + len(self._held):
            self._fetch(end)
        content = self._held[self._place - self._start : end - self._start]
        self._place = end
        return content

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  (whatever takes bytes)
        """Read into a buffer as much as it takes."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def _fetch(self, end: int) -> None:
        """Hold what is from here to ``end``, and more behind it if this goes on from before."""
        goes_on = self._start <= self._place <= self._start + len(self._held)
        ahead = min(2 * len(self._held), _MOST) if goes_on else _LEAST
        stop = min(max(end, self._place + max(ahead, _LEAST)), self._state.size)
        self._held, self._start = self._got(self._place, stop), self._place

    def _got(self, start: int, stop: int) -> bytes:
        import obstore  # noqa: PLC0415

        store = store_of(self._path.bucket)
        with asking(self._path):
            content = bytes(
                obstore.get(
                    store,
                    self._path.key,
                    options={"range": (start, stop), "if_match": self._state.version},
                ).bytes()
            )
        if len(content) != stop - start:
            raise InputError(
                f"{self._path} ended after {start + len(content)} bytes of {self._state.size}: it "
                "was cut off on the way, try again"
            )
        return content
