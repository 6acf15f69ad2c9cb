"""A folder that appears under its name only when everything in it is complete."""

import os
import shutil
from pathlib import Path
from types import TracebackType

from passerby.files.descriptors import create_new
from passerby.files.failures import write_error
from passerby.files.unfinished import begin, finish, hidden

__all__ = ["PartialFolder", "write_new"]


class PartialFolder:
    """A hidden folder beside its target, which gets its name when all in it is whole.

    As a context manager it gives its `path`, commits in the end and aborts on an error; what the
    disk says becomes an `OutputError`.

    Args:
        target: Must not exist, or be an empty folder.

    Attributes:
        path: Where to write until `commit`.

    Raises:
        OutputError: If it cannot be made.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self.path = target.with_name(hidden(target.name))
        begin(self)
        try:
            self.path.mkdir(parents=True)
        except OSError as error:
            self.abort()
            raise write_error(target, error) from error

    def commit(self) -> None:
        """Bring all files to the disk and give the folder its final name.

        Raises:
            OutputError: If that fails; the folder is removed then.
        """
        try:
            for parent, _, names in os.walk(self.path):
                for place in (*(Path(parent, name) for name in names), Path(parent)):
                    _sync(place)
            self.path.rename(self._target)  # replaces an empty folder and nothing else
            _sync(self._target.parent)
        except OSError as error:
            raise write_error(self._target, error) from error
        finally:
            self.abort()

    def abort(self) -> None:
        """Remove the partial folder; after `commit` there is none."""
        shutil.rmtree(self.path, ignore_errors=True)
        finish(self)

    def __enter__(self) -> Path:
        return self.path

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


def write_new(path: Path, content: bytes | str) -> None:
    """Write a new file into such a folder, a text in UTF-8.

    Raises:
        OSError: If it cannot be written, or anything is there.
    """
    with create_new(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def _sync(path: Path) -> None:
    """Wait until the disk has it, so that a power cut cannot leave an empty file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
