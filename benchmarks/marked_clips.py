"""Clips and pictures in which the heads are known, to measure how they are covered."""

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from clips import CAMPUS, PASSERBY
from passerby.detections import Mask
from passerby.errors import InputError
from passerby.sources import expand, open_source

__all__ = [
    "CACHE",
    "SETS",
    "Mark",
    "MarkedClip",
    "between",
    "film",
    "filmed",
    "read_marks",
    "united",
]

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "covers"
"""Where films of people who do not exist are kept by default."""

NEAR = 5
"""Frames between two marks of the campus, between which nobody turns."""

_SCHOOL = CAMPUS.video.parents[1] / "people" / "scut-head"
_HEAD = 1
"""The class of heads in the school's YOLO text."""

Corners = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels; may reach outside the picture."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A head or a person that somebody marked, or drew.

    Attributes:
        person: Whose it is, by number; -1 where nobody says.
        corners: The box.
        visible: Share of it that can be seen, 0-1.
    """

    person: int
    corners: Corners
    visible: float = 1.0


Marks = Mapping[int, Sequence[Mark]]
"""By number of the frame, from 0."""


@dataclass(frozen=True)
class MarkedClip:
    """A video, or a folder of pictures, and what is known about it.

    Attributes:
        name: In tables.
        source: The file or the folder.
        heads: From hair to chin, in the frames in which they are marked.
        people: Whole persons, in the same frames; empty if only heads are marked.
        silhouettes: Draws the pixels of a frame that show people; None if nobody knows them.
        is_film: Whether the frames follow each other.
    """

    name: str
    source: Path
    heads: Marks
    people: Marks = field(default_factory=dict)
    silhouettes: Callable[[int], Mask] | None = None
    is_film: bool = True


def read_marks(path: Path) -> dict[int, list[Mark]]:
    """Read MOT text: frame from 1, person, left, top, width, height, and maybe visibility (9th).

    Raises:
        InputError: If it is something else.
    """
    marks: dict[int, list[Mark]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            frame, person, left, top, width, height, *more = map(float, line.split(","))
        except ValueError:
            raise InputError(f"{path} line {number} is not MOT text") from None
        corners = left, top, left + width, top + height
        mark = Mark(int(person), corners, more[2] if len(more) > 2 else 1.0)
        marks.setdefault(int(frame) - 1, []).append(mark)
    return marks


def between(marks: Marks, most: int = NEAR) -> Marks:
    """Add the places between two marks of a person: boxes move straight on.

    Args:
        marks: Of people with numbers.
        most: Frames between two marks that are not too far apart.
    """
    found: dict[int, list[Mark]] = {frame: list(here) for frame, here in marks.items()}
    last: dict[int, tuple[int, Mark]] = {}
    for frame in sorted(marks):
        for mark in marks[frame]:
            if mark.person < 0:
                continue
            start, before = last.get(mark.person, (frame, mark))
            for number in range(start + 1, frame) if frame - start <= most else ():
                share = (number - start) / (frame - start)
                pairs = zip(before.corners, mark.corners, strict=True)
                left, top, right, bottom = (a + share * (b - a) for a, b in pairs)
                placed = Mark(mark.person, (left, top, right, bottom), before.visible)
                found.setdefault(number, []).append(placed)
            last[mark.person] = frame, mark
    return found


def campus(_: Path) -> MarkedClip:
    """PETS 2009 S2.L1, seen from above: 184 heads, marked by eye in every fifth frame."""
    if CAMPUS.truth is None or not CAMPUS.video.exists():
        raise InputError(f"{CAMPUS.video} is not here")
    heads = read_marks(CAMPUS.video.with_name("pets09-s2l1.heads.txt"))
    return MarkedClip("campus", CAMPUS.video, heads, read_marks(CAMPUS.truth))


def school(_: Path) -> MarkedClip:
    """150 pictures of class rooms (SCUT-HEAD), in which only heads are marked."""
    if not _SCHOOL.is_dir():
        raise InputError(f"{_SCHOOL} is not here")
    heads: dict[int, list[Mark]] = {}
    for number, one in enumerate(expand([_SCHOOL / "images"])):
        assert one.path is not None  # noqa: S101  (a folder holds files)
        with open_source(one.path) as source:
            width, height = source.medium.width, source.medium.height
        text = (_SCHOOL / "labels" / f"{one.path.stem}.txt").read_text(encoding="utf-8")
        heads[number] = [Mark(-1, corners) for corners in _yolo(text, width, height)]
    return MarkedClip("school", _SCHOOL / "images", heads, is_film=False)


def _yolo(text: str, width: int, height: int) -> list[Corners]:
    """The boxes of heads in pixels."""
    boxes = []
    for line in text.splitlines():
        kind, x, y, across, down = map(float, line.split())
        if kind == _HEAD:
            left, right = (x - across / 2) * width, (x + across / 2) * width
            boxes.append((left, (y - down / 2) * height, right, (y + down / 2) * height))
    return boxes


def film(folder: Path, options: Sequence[str]) -> Path:
    """Film people who do not exist, unless they lie in ``folder`` already; returns the folder."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        command = [PASSERBY, "synth", "crossing", *options, "-o", str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def filmed(name: str, camera: str, options: Sequence[str], place: str, cache: Path) -> MarkedClip:
    """What a camera of a film saw, and all that is known about it.

    Args:
        name: In tables.
        camera: Name of the camera.
        options: Of `passerby synth crossing`.
        place: Name of the film's folder.
        cache: Where it lies, or is made.
    """
    folder = film(cache / place, options)
    truth = folder / camera / "gt"
    return MarkedClip(
        name,
        folder / f"{camera}.mp4",
        read_marks(truth / "heads.txt"),
        read_marks(truth / "gt.txt"),
        _silhouettes(folder / camera / "coco.json"),
    )


def _silhouettes(path: Path) -> Callable[[int], Mask]:
    """What draws the people of a frame, from masks that `passerby synth` wrote."""
    document = json.loads(path.read_text(encoding="utf-8"))
    frames = {image["id"]: image["frame_id"] for image in document["images"]}
    size = document["images"][0]["height"], document["images"][0]["width"]
    runs: dict[int, list[Sequence[int]]] = {frame: [] for frame in frames.values()}
    for one in document["annotations"]:
        if "segmentation" in one:
            runs[frames[one["image_id"]]].append(one["segmentation"]["counts"])
    return lambda frame: united(runs[frame], size)


def united(runs: Iterable[Sequence[int]], size: tuple[int, int]) -> Mask:
    """Draw masks that do not overlap, given as COCO's run lengths, into one.

    Args:
        runs: Of each mask: pixels outside, inside, outside and so on, down the columns.
        size: Height and width of the picture.

    Example:
        >>> united([[1, 3]], (2, 2)).tolist()
        [[False, True], [True, True]]
    """
    height, width = size
    changes = np.zeros(height * width + 1, np.int32)
    for counts in runs:
        ends = np.cumsum(counts)
        np.add.at(changes, ends[0::2], 1)
        np.add.at(changes, ends[1::2], -1)
    # A run of pixels outside that ends the picture starts nothing.
    return (np.cumsum(changes[:-1]) > 0).reshape(width, height).T


_CROSSING = ["--cameras", "1", "--seconds", "8"]
_CROWD = ["--cameras", "2", "--people", "60", "--area", "16", "--size", "1920x1080"]
_CROWD += ["--seconds", "6", "--seed", "4101"]

SETS: dict[str, Callable[[Path], MarkedClip]] = {
    "campus": campus,
    "crossing": partial(filmed, "crossing", "camera-1", _CROSSING, "crossing"),
    "crowd-above": partial(filmed, "crowd-above", "camera-1", _CROWD, "crowd"),
    "crowd-level": partial(filmed, "crowd-level", "camera-2", _CROWD, "crowd"),
    "school": school,
}
"""All there are, each as a function of the folder in which films are kept. The crossing is what
`make demo` films; the crowd is 60 people in 1080p, from a mast and at eye level."""
