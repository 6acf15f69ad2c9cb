"""Files that are written and files that are read must not be the same, whatever may be replaced."""

import os
from collections.abc import Iterable
from pathlib import Path

from passerby.errors import OutputError
from passerby.files.descriptors import id_of
from passerby.locations import Location, ObjectPath, location_of
from passerby.media import IMAGE_SUFFIXES, VIDEO_SUFFIXES

__all__ = ["check_apart"]

Name = Location | str | None
"""A file, or an option that was left out. Addresses and names of models are no file's."""


def check_apart(written: Iterable[Name], read: Iterable[Name]) -> None:
    """Make sure that nothing that is read is replaced, and that nothing is written twice.

    Of a folder that is read, the pictures and videos below it count.

    Args:
        written: All files that a command is to write.
        read: All files and folders that it is to read.

    Raises:
        OutputError: If two of them are one, or no file can be called what one is to be called.
    """
    sources = [location_of(name) for name in read if name is not None]
    files = {_identity(path) for path in sources}
    folders = [path for path in sources if isinstance(path, Path) and path.is_dir()]
    taken: set[object] = set()
    for path in (location_of(name) for name in written if name is not None):
        if not _can_be(path):
            raise OutputError(f"no file can be called {str(path)!r}: name another file")
        identity = _identity(path)
        if identity in files:
            raise OutputError(f"{path} is read and would be overwritten: name another file")
        if identity in taken:
            raise OutputError(f"{path} would be written twice: name another file")
        for folder in folders:
            if _is_medium_below(folder, path):
                raise OutputError(f"{path} is one of the files in {folder}: name another file")
        taken.add(identity)


def _identity(path: Location) -> object:
    """What a file is, whatever links lead to it; of a new one, its path without regard to case."""
    if isinstance(path, ObjectPath):
        return path
    if not _can_be(path):
        return str(path)
    try:
        return id_of(path.stat())
    except OSError:
        return os.path.realpath(path).casefold()


def _can_be(path: Location) -> bool:
    """Whether a file can be called so: names that files hold may be any text."""
    if isinstance(path, ObjectPath):
        return True
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _is_medium_below(folder: Path, path: Location) -> bool:
    if isinstance(path, ObjectPath):
        return False
    is_medium = path.suffix.lower() in IMAGE_SUFFIXES | VIDEO_SUFFIXES
    return is_medium and path.is_file() and path.resolve().is_relative_to(folder.resolve())
