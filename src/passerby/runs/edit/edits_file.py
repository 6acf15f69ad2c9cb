"""Reads and writes the file of edits: TOML, small enough to be read and written by hand."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from passerby.config import read_toml, validated
from passerby.errors import ConfigError, InputError
from passerby.files.hashing import sha256_of
from passerby.files.partial import ANEW, Permit, write_text
from passerby.locations import Location
from passerby.runs.edit.edits import EditsFile

__all__ = ["check_edited_source", "edits_text", "read_edits", "write_edits"]


def read_edits(path: Path) -> EditsFile:
    """Read a file of edits.

    Raises:
        ConfigError: If it is missing, not TOML, or says something that no edit is; the message
            names the edit by its place in the file, from 0.
    """
    values = read_toml(path)
    if "edits" not in values:
        raise ConfigError(f"{path} is no file of edits: it must begin with edits = 1")
    return validated(EditsFile, values, str(path))


def write_edits(path: Path, edits: EditsFile, permit: Permit = ANEW) -> None:
    """Write a file of edits, which appears only when it is whole.

    Raises:
        OutputError: If it cannot be written.
    """
    write_text(path, edits_text(edits), permit)


def edits_text(edits: EditsFile) -> str:
    """The file's text: the same edits always give the same.

    Example:
        >>> from passerby.runs.edit.edits import CoveredTime, EditedSource
        >>> source = EditedSource(sha256="0" * 64)
        >>> print(edits_text(EditsFile(source=source, edit=(CoveredTime(time="1-2"),))))
        edits = 1
        <BLANKLINE>
        [source]
        sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
        <BLANKLINE>
        [[edit]]
        what = "cover_time"
        time = "1-2"
        <BLANKLINE>
    """
    lines = [f"edits = {edits.edits}", "", "[source]"]
    lines += _lines(edits.source.model_dump(exclude_none=True))
    for one in edits.edit:
        values = one.model_dump(exclude_defaults=True, exclude_none=True)
        lines += ["", "[[edit]]", *_lines({"what": one.what, **values})]
    return "\n".join(lines) + "\n"


def check_edited_source(edits: EditsFile, file: Path, path: Location) -> None:
    """Make sure that edits are for this source.

    Args:
        edits: The edits.
        file: Where they are from, for messages.
        path: Of the source.

    Raises:
        InputError: If they are for another file.
    """
    if sha256_of(path) != edits.source.sha256:
        known = f" ({edits.source.name})" if edits.source.name else ""
        raise InputError(
            f"{file} holds edits of another file{known} than {path}: name the file that they were "
            "made for, as it was then"
        )


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    return (f"{key} = {_toml(value)}" for key, value in values.items())


def _toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return "{ " + ", ".join(_lines(value)) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
