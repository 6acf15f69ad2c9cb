"""Makes sure that a result names the file that was read, and not another one with its name."""

import os
import stat
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import Self

from passerby.errors import InputError
from passerby.files.hashing import sha256_of
from passerby.files.object_store import state_of
from passerby.locations import Location, ObjectPath

__all__ = ["ObjectReading", "Reading", "reading_of"]

_State = tuple[int, int, int, int, int]
"""Device, inode, size, and the times of the last changes to the content and to the inode."""


class Reading:
    """A file while any library reads it: it must stay where it is and as it is.

    Make it before the file is opened and `check` after the last byte was read. Of a file that was
    put in its place and taken away again, the time of the last change tells.

    Args:
        path: Of the file. Whether it can be read, whoever opens it says.

    Raises:
        InputError: If it is a pipe or a device, which cannot be read twice.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BufferedReader | None = None
        self._before: _State | None = None
        try:
            # So as not to wait for the writer of a pipe.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except (OSError, ValueError):
            return
        status = os.fstat(descriptor)
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            os.close(descriptor)
            raise InputError(f"{path} is a pipe or a device, not a file: write it to a file first")
        self._before = _state(status)
        if stat.S_ISREG(status.st_mode):
            self._file = os.fdopen(descriptor, "rb")
        else:
            os.close(descriptor)

    def sha256(self) -> str:
        """Hash what was read, in hexadecimal.

        Raises:
            InputError: If it cannot be read any more.
        """
        if self._file is None:
            raise InputError(f"{self._path} is not a file that can be read: check the path")
        try:
            self._file.seek(0)
            return file_digest(self._file, "sha256").hexdigest()
        except OSError as error:
            raise InputError(
                f"{self._path} cannot be hashed ({error.strerror}): check the disk"
            ) from error

    def check(self) -> None:
        """Make sure that nothing has changed since.

        Raises:
            InputError: If the file was changed, grew, or was replaced.
        """
        try:
            after: _State | None = _state(self._path.stat())
        except (OSError, ValueError):
            after = None
        if after is None or after != self._before:
            raise InputError(
                f"{self._path} was changed or replaced while it was read: wait until it is "
                "complete, and run it again"
            )

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class ObjectReading:
    """An object while it is read: it must stay as it is.

    Args:
        path: Of the object.

    Raises:
        InputError: If it cannot be read.
    """

    def __init__(self, path: ObjectPath) -> None:
        self._path, self._before = path, state_of(path)

    def sha256(self) -> str:
        """Hash what was read, in hexadecimal; for that, all of it is fetched once more.

        Raises:
            InputError: If it cannot be read any more.
        """
        return sha256_of(self._path)

    def check(self) -> None:
        """Make sure that nothing has changed since.

        Raises:
            InputError: If it was replaced or removed.
        """
        if state_of(self._path) != self._before:
            raise InputError(
                f"{self._path} was changed or replaced while it was read: wait until it is "
                "complete, and run it again"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def reading_of(path: Location) -> Reading | ObjectReading:
    """Watch a file or an object while it is read.

    Raises:
        InputError: If it is a pipe or a device, or an object that cannot be read.
    """
    return ObjectReading(path) if isinstance(path, ObjectPath) else Reading(path)


def _state(status: os.stat_result) -> _State:
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )
