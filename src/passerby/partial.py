"""A file that appears under its name only when it is whole."""

import errno
import os
import secrets
from pathlib import Path

from passerby.errors import OutputError

__all__ = ["PartialFile", "write_error"]


class PartialFile:
    """A hidden file beside its target, ``.out.mp4.partial-1a2b3c4d``, renamed when it is whole.

    Args:
        target: The final path; its folder is made if it is missing.

    Attributes:
        path: Where to write until `commit`.

    Raises:
        OutputError: If it cannot be made.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self.path = target.with_name(f".{target.name}.partial-{secrets.token_hex(4)}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(exist_ok=False)
        except OSError as error:
            raise write_error(target, error) from error

    def commit(self) -> None:
        """Bring the file to the disk and give it its final name.

        Raises:
            OutputError: If that fails; the partial file is removed then.
        """
        try:
            _sync(self.path)
            self.path.replace(self._target)
            _sync(self._target.parent)
        except OSError as error:
            self.abort()
            raise write_error(self._target, error) from error

    def abort(self) -> None:
        """Remove the partial file; after `commit` there is none."""
        self.path.unlink(missing_ok=True)


def write_error(target: Path, error: Exception) -> OutputError:
    """Say in one line why ``target`` cannot be written and what to do."""
    number = getattr(error, "errno", None)
    reason = getattr(error, "strerror", None) or " ".join(str(error).split())
    match number:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return OutputError(f"{target}: the disk is full: free some space and run it again")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return OutputError(f"{target} may not be written: check the folder's permissions")
        case errno.ENOENT | errno.ENOTDIR | errno.EEXIST:
            return OutputError(f"{target.parent} is no folder that can be made: check the path")
        case _:
            return OutputError(f"{target} cannot be written ({reason}): check the path and options")


def _sync(path: Path) -> None:
    """Wait until the disk has it, so that a power cut cannot leave an empty file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
