"""Reads only plain files: a read from a pipe may wait for ever, and a device has no end."""

import json
import os
from io import BufferedReader
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

from passerby.files.object_reader import ObjectReader
from passerby.locations import ObjectPath

__all__ = ["is_plain", "kind_of", "open_plain", "parse_json", "read_json", "read_text"]

KINDS = {
    0o010000: "a named pipe",
    0o020000: "a device",
    0o040000: "a folder",
    0o060000: "a device",
    0o140000: "a socket",
}
"""What may have a name but is not a plain file, by the type in its mode."""


def kind_of(mode: int) -> str:
    """Name the kind of a file, by its mode.

    Example:
        >>> kind_of(0o010644), kind_of(0o100644)
        ('a named pipe', 'a file')
    """
    return KINDS.get(mode & 0o170000, "a file")


def is_plain(path: str | os.PathLike[str]) -> bool:
    """Whether it is a plain file, a link to one, or missing."""
    try:
        return S_ISREG(Path(path).stat().st_mode)
    except OSError:
        return True


def open_plain(path: str | os.PathLike[str] | ObjectPath) -> BufferedReader:
    """Open a file or an object for reading.

    Raises:
        OSError: If a file cannot be opened, or is no plain file.
        InputError: If an object cannot be opened.
    """
    if isinstance(path, ObjectPath):
        return BufferedReader(ObjectReader(path))
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError as error:
        raise OSError(str(error)) from error  # a name that no file can have
    mode = os.fstat(descriptor).st_mode
    if not S_ISREG(mode):
        os.close(descriptor)
        if S_ISDIR(mode):
            raise IsADirectoryError(21, "Is a directory", os.fspath(path))
        raise OSError(22, f"it is {kind_of(mode)}, not a file", os.fspath(path))
    return os.fdopen(descriptor, "rb")


def read_text(path: str | os.PathLike[str] | ObjectPath, encoding: str = "utf-8") -> str:
    """Read a whole text file, with its line ends as they are in Python.

    Raises:
        OSError: As `open_plain`.
        UnicodeDecodeError: If it is no text.
    """
    with open_plain(path) as file:
        text = file.read().decode(encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_json(path: str | os.PathLike[str] | ObjectPath) -> Any:  # noqa: ANN401  (JSON may be anything)
    """Read a whole JSON file.

    Raises:
        OSError: As `open_plain`.
        ValueError: If it is no JSON.
    """
    return parse_json(read_text(path))


def parse_json(text: str, **options: Any) -> Any:  # noqa: ANN401  (JSON may be anything)
    """Do what `json.loads` does.

    Raises:
        ValueError: If it is no JSON, or goes deeper than anybody would write it.
    """
    try:
        return json.loads(text, **options)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
