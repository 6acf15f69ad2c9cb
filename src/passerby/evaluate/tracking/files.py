"""Reads tracks and truths as MOTChallenge lays them out.

A line is frame from 1, id, left, top, width, height, and maybe whether it counts (in a truth; in
tracks a score), a class and the visibility. Lines of 2015 and of trackers have ten columns, of
which the last three are positions in the world.
"""

import configparser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from passerby.detection.formats.entry import checked_numbers, read_box_text
from passerby.errors import InputError
from passerby.evaluate.tracking.trajectories import Trajectories
from passerby.evaluate.tracking.truth import Truth, TruthRole
from passerby.runtime.counting import counted

__all__ = ["SequenceFiles", "read_tracks", "read_truth", "sequence_frames", "sequences"]

_PEDESTRIAN = 1
_IGNORED = (2, 7, 8, 12)
"""Person on a vehicle, static person, distractor, reflection."""
_THINGS = (3, 4, 5, 6, 9, 10, 11, 13)
"""Vehicles, what hides people, and crowds: nobody is excused for following them."""
_PARTS = (101, 102, 103)
"""What passerby writes for heads, faces and motion; they are no people to follow."""


@dataclass(frozen=True, slots=True)
class SequenceFiles:
    """The files of one sequence.

    Attributes:
        name: Of the sequence.
        tracks: What a tracker said.
        truth: Who is where.
    """

    name: str
    tracks: Path
    truth: Path


def sequences(tracks: Path, truth: Path) -> list[SequenceFiles]:
    """Find the sequences of two files, or of two folders.

    Args:
        tracks: A file, or a folder with NAME.txt for each sequence.
        truth: A file, or a folder with NAME/gt/gt.txt or NAME.txt for each sequence.

    Raises:
        InputError: If one is a file and the other a folder, there is no truth, or a sequence has
            no tracks.
    """
    for path in (tracks, truth):
        if not path.exists():
            raise InputError(f"{path} does not exist: check the path")
    if tracks.is_dir() != truth.is_dir():
        folder, file = (tracks, truth) if tracks.is_dir() else (truth, tracks)
        raise InputError(f"{folder} is a folder and {file} a file: give two files or two folders")
    if not truth.is_dir():
        return [SequenceFiles(tracks.stem, tracks, truth)]
    truths = {path.parent.parent.name: path for path in sorted(truth.glob("*/gt/gt.txt"))}
    truths = truths or {path.stem: path for path in sorted(truth.glob("*.txt"))}
    if not truths:
        raise InputError(f"{truth} has neither NAME/gt/gt.txt nor NAME.txt: name another folder")
    found = [SequenceFiles(name, tracks / f"{name}.txt", path) for name, path in truths.items()]
    for one in found:
        if not one.tracks.is_file():
            raise InputError(
                f"{one.tracks} does not exist: {one.name} has ground truth but no tracks"
            )
    return found


def read_tracks(path: Path) -> Trajectories:
    """Read what a tracker said; heads, faces and motion are left out.

    Raises:
        InputError: If it cannot be read, names anything but people, or somebody is twice in a
            frame; names the place.
    """
    rows = []
    for place, row in _rows(path):
        kind = _class(row)
        if kind not in (None, -1, _PEDESTRIAN, *_PARTS):
            raise InputError(f"{place}: class {kind} is not a pedestrian (1): leave the line out")
        if row[1] < 0:
            raise InputError(f"{place}: id {row[1]:g} is below 0: tracks need numbers")
        if kind not in _PARTS:
            rows.append(row)
    return _trajectories(rows, path)


def read_truth(path: Path, least_visible: float = 0.0) -> Truth:
    """Read who is where.

    Args:
        path: Of the file.
        least_visible: Whom less than this share of can be seen does not count: following them is
            neither right nor wrong.

    Raises:
        InputError: If it cannot be read, lists parts of people alone, or somebody is twice in a
            frame; names the place.
    """
    rows, roles, parts = [], [], 0
    for place, row in _rows(path):
        role = _role(row, least_visible, place)
        if role is None:
            parts += 1
        else:
            rows.append(row)
            roles.append(role)
    if parts and not rows:
        raise InputError(
            f"{path} lists heads or faces but no persons: give the ground truth of persons"
        )
    return Truth(_trajectories(rows, path), np.array(roles, np.int8))


def sequence_frames(truth: Path) -> range | None:
    """Say which frames a sequence has: those that the ``seqinfo.ini`` above its truth counts.

    Returns:
        Numbers of frames, or None where there is no such file.

    Raises:
        InputError: If the file does not say it.
    """
    info = truth.parent.parent / "seqinfo.ini"
    if truth.parent.name != "gt" or not info.is_file():
        return None
    parser = configparser.ConfigParser()
    try:
        parser.read_string(read_box_text(info), str(info))
        length = parser.getint("Sequence", "seqLength")
    except (configparser.Error, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{info} does not give the seqLength of a Sequence: {reason}") from error
    return range(1, length + 1)


def _rows(path: Path) -> Iterator[tuple[str, list[float]]]:
    """Yield the place and the numbers of each line."""
    for number, line in enumerate(read_box_text(path).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        place = f"{path} line {number}"
        words = line.replace(",", " ").split()
        if not 6 <= len(words) <= 10:
            raise InputError(
                f"{place}: {counted(len(words), 'column')} instead of 6 to 10: not MOT text"
            )
        row = checked_numbers(words, place)
        if row[0] < 1 or row[0] % 1 or row[1] % 1:
            raise InputError(
                f"{place}: frame {words[0]} and id {words[1]} must be whole, frame from 1"
            )
        if row[4] < 0 or row[5] < 0:
            raise InputError(f"{place}: size {words[4]} x {words[5]} is negative: correct it")
        yield place, row


def _class(row: Sequence[float]) -> int | None:
    """The class; None where a line has none."""
    return int(row[7]) if len(row) in (8, 9) else None


def _role(row: Sequence[float], least_visible: float, place: str) -> TruthRole | None:
    """What a line of a truth is good for; None if it is not about a whole person or thing."""
    kind = _class(row)
    if kind in _PARTS:
        return None
    if kind in _IGNORED:
        return TruthRole.IGNORED
    if kind in _THINGS or (len(row) > 6 and not row[6]):
        return TruthRole.ABSENT
    if kind not in (None, _PEDESTRIAN):
        raise InputError(f"{place}: class {kind} is not one of MOT's 1-13: correct it")
    hidden = len(row) == 9 and row[8] < least_visible
    return TruthRole.IGNORED if hidden else TruthRole.COUNTS


def _trajectories(rows: Sequence[Sequence[float]], path: Path) -> Trajectories:
    numbers = np.array([row[:6] for row in rows], np.float64).reshape(-1, 6)
    frames, ids = numbers[:, :2].astype(np.int64).T
    boxes = np.concatenate([numbers[:, 2:4], numbers[:, 2:4] + numbers[:, 4:]], axis=1)
    return Trajectories(frames, ids, boxes, str(path))
