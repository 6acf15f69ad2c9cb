"""A file of small slots of one size, each of which can be erased where it stands."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from passerby.errors import InputError
from passerby.files.failures import write_error

__all__ = ["SlotFile"]

_OPEN = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = _OPEN | os.O_CREAT | os.O_EXCL


class SlotFile:
    """A head, and slots behind it that are written once, read by number and overwritten by zeros.

    Nothing is ever moved, and there is no journal: what was erased is nowhere else in the file.
    One process may append at a time; others may read and erase meanwhile.

    Args:
        path: Of the file, which others cannot read.
        size: Bytes in a slot, and in the head.
        head: Of a new file, which must not exist yet; None to open one that is there.

    Attributes:
        head: What the file begins with.

    Raises:
        InputError: If there is no such file.
        OutputError: If it cannot be made or opened.
    """

    def __init__(self, path: Path, size: int, head: bytes | None = None) -> None:
        self._path, self._size = path, size
        try:
            if head is None:
                self._file = os.open(path, _OPEN)
            else:
                self._file = os.open(path, _NEW, 0o600)
                self._write(head.ljust(size, b"\0"), 0)
                self._bring_to_disk(folder=True)
        except FileNotFoundError as error:
            if head is None:
                raise InputError(f"{path} does not exist: check the path") from error
            raise write_error(path, error) from error
        except OSError as error:
            raise write_error(path, error) from error
        self.head = os.pread(self._file, size, 0)

    def append(self, contents: Sequence[bytes]) -> range:
        """Write new slots and bring them to the disk; returns their numbers, from 0.

        Args:
            contents: Of each, ``size`` bytes at most, which are not all zero.

        Raises:
            OutputError: If they cannot be written.
        """
        try:
            # A slot that a crash cut short is never counted again.
            first = -(-os.fstat(self._file).st_size // self._size)
            whole = b"".join(content.ljust(self._size, b"\0") for content in contents)
            self._write(whole, first * self._size)
            self._bring_to_disk()
        except OSError as error:
            raise write_error(self._path, error) from error
        return range(first - 1, first - 1 + len(contents))

    def read(self, number: int) -> bytes | None:
        """Return what is in a slot; None where it was erased or there is none.

        Raises:
            InputError: If the disk does not give it back.
        """
        try:
            content = os.pread(self._file, self._size, self._place(number))
        except OSError as error:
            raise InputError(
                f"{self._path} cannot be read ({error.strerror}): check the disk"
            ) from error
        return content if len(content) == self._size and any(content) else None

    def __len__(self) -> int:
        """How many slots there are, the erased ones too."""
        return os.fstat(self._file).st_size // self._size - 1

    def is_erased(self, number: int) -> bool:
        """Whether there is such a slot, and nothing in it."""
        return number < len(self) and self.read(number) is None

    def erase(self, numbers: Iterable[int]) -> None:
        """Overwrite slots by zeros and wait until the disk has them.

        Raises:
            OutputError: If they cannot be written.
        """
        try:
            end = os.fstat(self._file).st_size
            for number in numbers:
                if self._place(number) < end:
                    self._write(bytes(self._size), self._place(number))
            self._bring_to_disk()
        except OSError as error:
            raise write_error(self._path, error) from error

    def close(self) -> None:
        """Close the file; calling it twice does no harm."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _place(self, number: int) -> int:
        return (number + 1) * self._size

    def _write(self, content: bytes, place: int) -> None:
        while content:
            written = os.pwrite(self._file, content, place)
            content, place = content[written:], place + written

    def _bring_to_disk(self, *, folder: bool = False) -> None:
        os.fsync(self._file)
        if folder:
            parent = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(parent)
            finally:
                os.close(parent)
