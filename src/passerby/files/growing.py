"""Files that grow line by line, so that a later run can go on with them, one run at a time."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from passerby.errors import OutputError
from passerby.files.descriptors import open_folder
from passerby.files.failures import write_error
from passerby.files.locks import lock
from passerby.files.output_folder import holder_of

__all__ = ["open_to_go_on"]

_GO_ON = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK  # not to wait for who reads a pipe


def open_to_go_on(path: Path) -> BinaryIO:
    """Open such a file, or begin it.

    Returns:
        The file, at its beginning; empty if there was none.

    Raises:
        OutputError: If it cannot be opened, writing would change a file of another name,
            or another run has it open.
    """
    holder = holder_of(path)
    folder = None
    try:
        folder = open_folder(path.parent) if holder is None else holder.open(path.parent, make=True)
        descriptor = os.open(path.name, _GO_ON, 0o666, dir_fd=folder)
    except OSError as error:
        raise _foreign(path) if error.errno == errno.ELOOP else write_error(path, error) from error
    finally:
        if folder is not None:
            os.close(folder)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        os.close(descriptor)
        raise _foreign(path)
    file = os.fdopen(descriptor, "r+b")
    try:
        lock(descriptor, path)
    except OutputError:
        file.close()
        raise
    return file


def _foreign(path: Path) -> OutputError:
    return OutputError(f"{path} is a link or not a plain file: remove it")
