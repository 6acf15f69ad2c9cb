"""Who is in which picture, by which camera, and what they look like, from a CSV file."""

import csv
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from passerby.errors import InputError
from passerby.files.plain import open_plain

__all__ = ["CropLabel", "read_crop_labels"]

_COLUMNS = "picture", "person", "camera"


class CropLabel(NamedTuple):
    """A row.

    Attributes:
        picture: Path below a folder, with forward slashes.
        person: Any text that is the same for the same person.
        camera: Likewise of the camera.
        attributes: What the person looks like, by the names of further columns; empty where
            nothing is known.
    """

    picture: str
    person: str
    camera: str
    attributes: Mapping[str, str]


def read_crop_labels(path: Path) -> list[CropLabel]:
    """Read the columns picture, person and camera; all others are attributes, such as sex.

    Raises:
        InputError: If the file cannot be read or lacks a column, or a row lacks a value, leaves
            the folder, or names a picture again.
    """
    try:
        with open_plain(path) as file:
            text = file.read().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path} ({error}): give a CSV file in UTF-8") from error
    rows = csv.DictReader(text.splitlines())
    missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise InputError(
            f"{path} has no column {missing[0]!r}: its first line must name {', '.join(_COLUMNS)}"
        )
    further = [name for name in rows.fieldnames or () if name and name not in _COLUMNS]
    labels: dict[str, CropLabel] = {}
    for number, row in enumerate(rows, 2):
        picture, person, camera = ((row[name] or "").strip() for name in _COLUMNS)
        known = {name: (row[name] or "").strip() for name in further}
        label = CropLabel(picture, person, camera, known)
        inside = PurePosixPath(picture)
        if not (picture and person and camera) or inside.is_absolute() or ".." in inside.parts:
            raise InputError(
                f"line {number} of {path} needs a picture below the folder, a person and a camera"
            )
        if label.picture in labels:
            raise InputError(f"line {number} of {path} names {label.picture} again: name it once")
        labels[label.picture] = label
    if not labels:
        raise InputError(f"{path} names no picture: give a line for each")
    return list(labels.values())
