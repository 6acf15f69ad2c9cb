"""YOLO text: a folder with one file an image, one line a box, in shares of the picture.

A line is class, centre x, centre y, width, height, and where they were asked for the confidence
and the number of the track.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from passerby.detection.formats.entry import (
    ABOUT_PEOPLE,
    BoxRecord,
    BoxTable,
    PictureBoxes,
    checked_numbers,
    read_box_text,
)
from passerby.detections import KIND_OF_NAME, Kind
from passerby.errors import InputError
from passerby.runtime.counting import counted

__all__ = ["read_yolo"]

_NAMES_FILES = "classes.txt", "obj.names"

_SLACK = 0.01
"""Shares of the picture may lie this far outside 0-1, from rounding."""

_FRAME_NUMBER = re.compile(r"(?:^|_)(\d+)$")


def read_yolo(folder: Path, names: Sequence[str] | None = None) -> BoxTable:
    """Read a folder.

    Args:
        folder: Holds the text files, and classes.txt or obj.names with the names of the classes.
        names: Of the classes, instead of such a file. Without either, class 0 is "person" and
            there must be no other.

    Raises:
        InputError: If it cannot be read; names the file and line.
    """
    known = _names(folder) if names is None else list(names)
    if known and ABOUT_PEOPLE.isdisjoint(known):
        raise InputError(f"{folder}: none of the classes {', '.join(known)} is about people")
    table = BoxTable()
    for path in sorted(folder.glob("*.txt")):
        if path.name not in _NAMES_FILES:
            table.files[path.stem] = PictureBoxes(_entries(path, known))
    if not table.files:
        raise InputError(f"{folder} holds no .txt files: give the folder of the labels")
    table.frames = _frames(table.files)
    return table


def _names(folder: Path) -> list[str]:
    for name in _NAMES_FILES:
        if (folder / name).is_file():
            return [
                line.strip() for line in read_box_text(folder / name).splitlines() if line.strip()
            ]
    return []


def _frames(files: dict[str, PictureBoxes]) -> dict[int, PictureBoxes]:
    """Number the frames of a video by the ends of the names, which count from 1 or from 0."""
    matches = {name: _FRAME_NUMBER.search(name) for name in files}
    numbers = {name: int(match[1]) for name, match in matches.items() if match}
    first = min(numbers.values(), default=0)
    frames: dict[int, PictureBoxes] = {}
    for name, number in numbers.items():
        if frames.setdefault(number - min(first, 1), files[name]) is not files[name]:
            frames[number - min(first, 1)] = PictureBoxes(shared=True)  # of several videos
    return frames


def _entries(path: Path, names: Sequence[str]) -> list[BoxRecord]:
    entries = []
    for number, line in enumerate(read_box_text(path).splitlines(), 1):
        if line.strip():
            entry = _entry(line.split(), names, f"{path} line {number}")
            entries += [] if entry is None else [entry]
    return entries


def _entry(words: list[str], names: Sequence[str], place: str) -> BoxRecord | None:
    """Understand one line; None where it is not about people."""
    if not 5 <= len(words) <= 7:
        raise InputError(
            f"{place}: {counted(len(words), 'column')} instead of 5 to 7: not YOLO boxes"
        )
    index, x, y, width, height, *rest = checked_numbers(words, place)
    kind = _kind(index, names, f"{place}: class {words[0]}")
    if width < 0 or height < 0:
        raise InputError(f"{place}: size {words[3]} x {words[4]} is negative: correct it")
    if not all(-_SLACK <= share <= 1 + _SLACK for share in (x, y, width, height)):
        raise InputError(f"{place}: {' '.join(words[1:5])} must be shares of the picture, 0-1")
    score = rest[0] if rest else 1.0
    track = rest[1] if len(rest) > 1 else -1
    if not 0 <= score <= 1 or track % 1:
        raise InputError(f"{place}: confidence {score:g} must be 0-1 and track {track:g} whole")
    if kind is None:
        return None
    return BoxRecord(
        box=(x - width / 2, y - height / 2, x + width / 2, y + height / 2),
        score=score,
        kind=kind,
        track=int(track),
        relative=True,
    )


def _kind(index: float, names: Sequence[str], place: str) -> Kind | None:
    """What the class encloses; None where it is not about people."""
    if not names and index == 0:
        return Kind.PERSON
    if not names:
        raise InputError(f"{place} has no name: put the names of the classes into classes.txt")
    if index % 1 or not 0 <= index < len(names):
        raise InputError(f"{place} is not one of the {len(names)} in classes.txt")
    return KIND_OF_NAME.get(names[int(index)].lower())
