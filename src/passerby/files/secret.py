"""Files that nobody else may read."""

import os
from pathlib import Path

from passerby.files.descriptors import create_new
from passerby.files.failures import exists, write_error

__all__ = ["write_secret"]


def write_secret(path: Path, text: str) -> None:
    """Write a new file that its owner alone may read, and bring it to the disk.

    Raises:
        OutputError: If it cannot be written, or anything is there.
    """
    try:
        with create_new(path, secret=True) as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise exists(path) from None
    except OSError as error:
        raise write_error(path, error) from error
