"""Files that nobody else may read."""

import os
from pathlib import Path

from passerby.errors import ConfigError
from passerby.files.descriptors import create_new
from passerby.files.failures import exists, write_error
from passerby.files.plain import open_plain

__all__ = ["read_secret", "write_secret"]


def read_secret(path: Path, what: str, most: int, remedy: str = "check the path") -> str:
    """Read a short text that nobody else may read.

    Args:
        path: Of its file.
        what: The file is called in messages.
        most: Bytes that are read.
        remedy: What to do if there is none.

    Raises:
        ConfigError: If it cannot be read, or others may read it.
    """
    try:
        with open_plain(path) as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(most)
    except OSError as error:
        raise ConfigError(
            f"the {what} {path} cannot be read ({error.strerror}): {remedy}"
        ) from error
    if mode & 0o077:
        raise ConfigError(f"others may read the {what} {path}: run `chmod 600` on it")
    return content.decode("ascii", "replace").strip()


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
