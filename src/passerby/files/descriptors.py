"""Files and folders identified by device and inode, not by names that may change meanwhile."""

import os
from io import BufferedRandom
from pathlib import Path

__all__ = ["FOLDER", "FileId", "alias", "create_new", "id_of", "open_folder"]

FileId = tuple[int, int]
"""The identity of a file or folder, whatever its name: its device and its inode number there."""

FOLDER = os.O_RDONLY | os.O_DIRECTORY
"""How a folder is opened."""

_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def id_of(status: os.stat_result) -> FileId:
    """What a file or folder is."""
    return status.st_dev, status.st_ino


def create_new(
    name: str | Path, folder: int | None = None, *, secret: bool = False
) -> BufferedRandom:
    """Open a new file; never one that is there, nor what a link leads to.

    Args:
        name: Its path, or its name in ``folder``.
        folder: A descriptor.
        secret: Whether nobody else may read it.

    Raises:
        OSError: If it cannot be made, or anything is there.
    """
    return os.fdopen(os.open(name, _CREATE, 0o600 if secret else 0o666, dir_fd=folder), "w+b")


def open_folder(path: Path) -> int:
    """Open any folder, made if it is missing; returns a descriptor, which the caller closes.

    Raises:
        OSError: If it cannot be made or opened.
    """
    path.mkdir(parents=True, exist_ok=True)
    return os.open(path, FOLDER)


def alias(file: BufferedRandom) -> Path:
    """Return a path for libraries that open files by name, which leads to an open file alone."""
    return Path("/dev/fd", str(file.fileno()))
