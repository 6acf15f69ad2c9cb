"""MOT Challenge text: frame, id, left, top, width, height, confidence, class, visibility.

Frames count from 1. Files of 2015 and of detectors have ten columns, of which the last three are
positions in the world (Leal-Taixe et al. 2015, arXiv 1504.01942; Milan et al. 2016, 1603.00831).
A first line of ours, a comment, says which file the boxes are of.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from passerby.detection.formats.entry import (
    BoxRecord,
    BoxSource,
    BoxTable,
    PictureBoxes,
    checked_numbers,
    is_sound,
    read_box_text,
)
from passerby.detections import Detections, Kind
from passerby.errors import InputError
from passerby.geometry import to_xywh
from passerby.runtime.counting import counted

__all__ = ["lines", "read_mot"]

_PEOPLE = {1, 2, 7, 8, 12, 13}
"""Pedestrian, person on a vehicle, static person, distractor, reflection, crowd."""

_THINGS = {3, 4, 5, 6, 9, 10, 11}
"""Vehicles and what hides people."""

SEQUENCE = "seqinfo.ini"
_SIZE = re.compile(r"^(imWidth|imHeight)\s*=\s*(\d+)\s*$", re.MULTILINE)

_ORIGIN = re.compile(r"# source sha256=(\w+) frames=(\d+) size=(\d+)x(\d+)[\s,]*")
"""A line that a spreadsheet saved may end with commas."""

_FAILED = 100
_CLASS_OF = {Kind.PERSON: 1, Kind.HEAD: 101, Kind.FACE: 102, Kind.MOTION: 103, Kind.OBJECT: 104}
"""The format knows no failed frames, heads, faces, motion or objects; numbers from 100 are ours."""

_KIND_OF = dict.fromkeys(_PEOPLE, Kind.PERSON) | {v: k for k, v in _CLASS_OF.items()}


def read_mot(path: Path, kind: Kind) -> BoxTable:
    """Read a file.

    Args:
        path: Of the file.
        kind: What a box encloses where the file has no classes.

    Raises:
        InputError: If it cannot be read; names the line.
    """
    table, size = BoxTable(number_of_first=1), _size_beside(path)
    for number, line in enumerate(read_box_text(path).splitlines(), 1):
        if (origin := _ORIGIN.fullmatch(line)) is not None:
            if table.origins:
                raise InputError(f"{path} line {number}: it is of two files: split it")
            table.origins[None] = BoxSource(origin[1], int(origin[2]))
            size = float(origin[3]), float(origin[4])
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split("," if "," in line else None)
        _add(table, words, kind, f"{path} line {number}")
    for picture in table.frames.values():
        picture.size = size
    return table


def _size_beside(path: Path) -> tuple[float | None, float | None]:
    """Width and height of the video, where a ``seqinfo.ini`` lies where MOT Challenge has it."""
    for folder in path.absolute().parents[:2]:
        if (folder / SEQUENCE).is_file():
            known = dict(_SIZE.findall(read_box_text(folder / SEQUENCE)))
            width, height = known.get("imWidth"), known.get("imHeight")
            return width and float(width), height and float(height)
    return None, None


def _add(table: BoxTable, words: list[str], kind: Kind, place: str) -> None:
    """Understand one line; those about things say nothing here."""
    if not 6 <= len(words) <= 10:
        raise InputError(
            f"{place}: {counted(len(words), 'column')} instead of 6 to 10: not MOT text"
        )
    numbers = checked_numbers(words, place)
    frame, track, left, top, width, height, *rest = numbers
    if frame < 1 or frame % 1 or track % 1:
        raise InputError(f"{place}: frame {words[0]} and id {words[1]} must be whole, frame from 1")
    if width < 0 or height < 0:
        raise InputError(f"{place}: size {words[4]} x {words[5]} is negative: correct it")
    index = int(frame) - 1
    number = rest[1] if len(rest) in (2, 3) else None
    if number == _FAILED:
        table.failed.add(index)
    elif number is None or number in _KIND_OF:
        entry = BoxRecord(
            box=(left, top, left + width, top + height),
            # Other values are flags or of an unknown scale: such a box counts as certain.
            score=rest[0] if rest and 0 < rest[0] <= 1 else 1.0,
            kind=kind if number is None else _KIND_OF[int(number)],
            track=max(int(track), -1),
            seen=number is None or len(rest) < 3 or rest[2] > 0,
        )
        table.frames.setdefault(index, PictureBoxes()).append(entry)
    elif number not in _THINGS:
        raise InputError(
            f"{place}: class {words[7]} is not one of MOT's 1-13 or passerby's 100-104"
        )


def lines(
    frames: Mapping[int, Detections], width: int, height: int, origin: BoxSource | None = None
) -> Iterator[str]:
    """Write detections as lines; a frame that cannot be vouched for is one of class 100.

    Args:
        frames: By number of the frame, from 0.
        width: Of the picture.
        height: Of the picture.
        origin: The file they are of.
    """
    if origin is not None:
        yield f"# source sha256={origin.sha256} frames={origin.frames} size={width}x{height}\n"
    for index, detections in sorted(frames.items()):
        if not is_sound(detections):
            yield f"{index + 1},-1,0,0,{width},{height},1,{_FAILED},1\n"
            continue
        for box, score, kind, track, seen in zip(
            to_xywh(detections.boxes).tolist(),
            detections.scores,
            detections.kinds,
            detections.tracks,
            detections.seen,
            strict=True,
        ):
            numbers = ",".join(f"{value:.7g}" for value in (*box, score))
            yield f"{index + 1},{track},{numbers},{_CLASS_OF[Kind(kind)]},{int(seen)}\n"
