"""A file that appears under its name only when it is complete: the one way to write files."""

import errno
import os
import stat
from contextlib import suppress
from hashlib import file_digest
from io import BufferedRandom
from pathlib import Path
from types import TracebackType

from passerby.errors import OutputError
from passerby.files.descriptors import alias, create_new, id_of, open_folder
from passerby.files.failures import exists, write_error
from passerby.files.output_folder import holder_of
from passerby.files.permit import ANEW, REPLACING, Permit
from passerby.files.unfinished import begin, finish, hidden

__all__ = [
    "ANEW",
    "REPLACING",
    "PartialFile",
    "Permit",
    "write_bytes",
    "write_error",
    "write_text",
]

_NO_HARD_LINKS = errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS
"""What file systems without them say."""


class PartialFile:
    """A hidden file beside its target, ``.out.mp4.partial-1a2b3c4d``, renamed when it is whole.

    It is found by descriptors alone, so that no link put in its way is ever followed. As a context
    manager it gives its `file`, commits in the end and aborts on an error; what the disk says
    becomes an `OutputError`.

    Args:
        target: The final path; its folder is made if it is missing.
        permit: What may happen to a file that is there.

    Attributes:
        file: Where to write until `commit`.
        path: The same for libraries that open files by name.

    Raises:
        OutputError: If it cannot be made.
    """

    file: BufferedRandom
    path: Path

    def __init__(self, target: Path, permit: Permit = ANEW) -> None:
        self._target = target
        self._permit = permit
        self._name = hidden(target.name)
        self._folder: int | None = None
        self._ended = False
        begin(self)
        try:
            below, parent = permit.below or holder_of(target), target.parent
            self._folder = open_folder(parent) if below is None else below.open(parent, make=True)
            self.file = create_new(self._name, self._folder)
            self.path = alias(self.file)
        except BaseException as error:
            self.abort()
            if isinstance(error, OSError):
                raise write_error(target, error) from error
            raise

    def sha256(self) -> str:
        """Hash what was written so far, in hexadecimal.

        Raises:
            OutputError: If the disk does not give it back.
        """
        try:
            self.file.seek(0)
            return file_digest(self.file, "sha256").hexdigest()
        except OSError as error:
            raise write_error(self._target, error) from error

    def commit(self) -> None:
        """Bring the file to the disk and give it its final name.

        Raises:
            OutputError: If that fails, or a file is there that may not be replaced; the partial
                file is removed then.
        """
        if self._folder is None or self._ended:
            raise ValueError(f"{self._target} was committed or thrown away before")
        try:
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            self._appear(self._folder)
            os.fsync(self._folder)
        except OSError as error:
            raise write_error(self._target, error) from error
        finally:
            self.abort()

    def abort(self) -> None:
        """Remove the partial file; after `commit` there is none."""
        if self._ended:
            return
        if hasattr(self, "file"):
            with suppress(OSError):  # what no longer fits on the disk is thrown away with the rest
                self.file.close()
        if self._folder is not None:
            with suppress(OSError):
                os.unlink(self._name, dir_fd=self._folder)
            with suppress(OSError):
                os.close(self._folder)
        self._ended = True
        finish(self)

    def __enter__(self) -> BufferedRandom:
        return self.file

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.commit()
            return
        self.abort()
        if isinstance(error, OSError):
            raise write_error(self._target, error) from error

    def _appear(self, folder: int) -> None:
        """Give the file its name; without permission to overwrite, only where there is none."""
        name = self._target.name
        if self._permit.overwrite:
            self._check_replaceable(folder)
            os.rename(self._name, name, src_dir_fd=folder, dst_dir_fd=folder)
            return
        try:
            os.link(self._name, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        except FileExistsError:
            raise exists(self._target) from None
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            self._claim(folder)
            os.rename(self._name, name, src_dir_fd=folder, dst_dir_fd=folder)

    def _claim(self, folder: int) -> None:
        """Take the name where there are no hard links: only one of two can."""
        try:
            create_new(self._target.name, folder).close()
        except FileExistsError:
            raise exists(self._target) from None

    def _check_replaceable(self, folder: int) -> None:
        try:
            status = os.lstat(self._target.name, dir_fd=folder)
        except FileNotFoundError:
            return
        if id_of(status) in self._permit.spared:
            raise OutputError(f"{self._target} is read and would be overwritten: name another file")
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode)):
            raise OutputError(
                f"{self._target} is not a file that can be replaced: name another file"
            )


def write_bytes(path: Path, content: bytes | memoryview, permit: Permit = ANEW) -> None:
    """Write a whole file.

    Raises:
        OutputError: If it cannot be written, or is there and may not be replaced.
    """
    with PartialFile(path, permit) as file:
        file.write(content)


def write_text(path: Path, text: str, permit: Permit = ANEW) -> None:
    """Write a whole file in UTF-8.

    Raises:
        OutputError: If it cannot be written, or is there and may not be replaced.
    """
    write_bytes(path, text.encode("utf-8", "surrogateescape"), permit)
