"""What the formats have in common: one line or annotation, and all of a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np

from passerby.detection.formats.segmentation import Runs, Segmentation
from passerby.detections import KIND_OF_NAME, Detections, Kind
from passerby.errors import InputError
from passerby.files import plain

__all__ = [
    "ABOUT_PEOPLE",
    "BoxRecord",
    "BoxSource",
    "BoxTable",
    "PictureBoxes",
    "checked_numbers",
    "detections_of",
    "is_sound",
    "read_box_text",
]

ABOUT_PEOPLE = frozenset(name for name, kind in KIND_OF_NAME.items() if kind != Kind.OBJECT)
"""Names of classes one of which a file must have: otherwise nobody looked for people."""

_Size: TypeAlias = tuple[float | None, float | None]
"""Width and height in pixels; None where a file does not say."""

_UNKNOWN: _Size = None, None

LARGEST = 1e7
"""Coordinates beyond this are damage, not pixels."""


LARGEST_SHARE = 1.5
"""Boxes in shares of a picture reach a little beyond it; boxes in pixels are larger."""


@dataclass(frozen=True, slots=True)
class BoxRecord:
    """One box as a file has it.

    Attributes:
        box: Left, top, right, bottom, in pixels or as shares of the picture.
        score: 0-1.
        kind: What it encloses.
        track: Number of its track, -1 where none.
        seen: Whether it was detected, rather than filled in.
        relative: Whether the box is in shares of the picture.
        segmentation: Its outline, where there is one.
    """

    box: tuple[float, float, float, float]
    score: float = 1.0
    kind: Kind = Kind.PERSON
    track: int = -1
    seen: bool = True
    relative: bool = False
    segmentation: Segmentation | None = None


class PictureBoxes(list[BoxRecord]):
    """All that a file says of one picture or frame: its boxes, and what it is.

    Attributes:
        size: Width and height in pixels, as far as the file says them.
        shared: Whether the file says it of several pictures, of which nobody knows which is meant.
    """

    def __init__(
        self, entries: Iterable[BoxRecord] = (), size: _Size = _UNKNOWN, *, shared: bool = False
    ) -> None:
        super().__init__(entries)
        self.size = size
        self.shared = shared

    def misfit(self, width: int, height: int) -> str | None:
        """Why this cannot be about a picture of a size; None if it can."""
        if self.shared:
            return "it is said of several pictures of that name"
        sizes = [self.size, *(_size_of(one.segmentation) for one in self)]
        for across, down in sizes:
            if (across, down) != (across and width, down and height):
                return f"it is about a picture of {_said(across, down)}, not {width}x{height}"
        if any(_is_outside(one, width, height) for one in self):
            return f"a box lies outside of {width}x{height} pixels"
        if self._are_shares and min(width, height) > LARGEST_SHARE:
            return "its boxes are smaller than pixels: they may be shares of the picture"
        return None

    @property
    def says_size(self) -> bool:
        """Whether it is known for pictures of which size its boxes are; without boxes, it is."""
        sizes = (self.size, *(_size_of(one.segmentation) for one in self))
        return any(None not in size for size in sizes) or all(one.relative for one in self)

    @property
    def _are_shares(self) -> bool:
        """Whether numbers that should be pixels look like shares of a picture."""
        numbers = [number for one in self if not one.relative for number in one.box]
        return max(numbers, default=LARGEST) <= LARGEST_SHARE and any(
            number % 1 for number in numbers
        )

    @property
    def is_empty_somewhere(self) -> bool:
        """Whether a box has no pixel: somebody is there, and nobody knows where."""
        return any(box[0] >= box[2] or box[1] >= box[3] for box in (one.box for one in self))


@dataclass(frozen=True, slots=True)
class BoxSource:
    """The file that boxes are of, where passerby wrote it down.

    Attributes:
        sha256: Of that file, in hexadecimal.
        frames: How many it has; None where that is not said.
    """

    sha256: str
    frames: int | None = None


@dataclass(slots=True)
class BoxTable:
    """All boxes of a file.

    Attributes:
        frames: Pictures by number of the frame, from 0.
        files: Pictures by name of the image.
        videos: Pictures by name of the video and number of its frame, from 0, where the file
            names its videos.
        origins: What pictures and videos were, by their names; by None where all frames are of
            one file.
        failed: Numbers of frames of which the file says that nobody can vouch for them.
        lists_all_frames: Whether a frame that is not listed was not looked at. Otherwise it is
            one in which nobody was found.
        number_of_first: The image with this number as its name is frame 0; None where images
            are listed by name.
    """

    frames: dict[int, PictureBoxes] = field(default_factory=dict)
    files: dict[str, PictureBoxes] = field(default_factory=dict)
    videos: dict[str, dict[int, PictureBoxes]] = field(default_factory=dict)
    origins: dict[str | None, BoxSource] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)
    lists_all_frames: bool = False
    number_of_first: int | None = None


def _size_of(segmentation: Segmentation | None) -> _Size:
    """For which size an outline was made, if it says so."""
    return (segmentation.width, segmentation.height) if isinstance(segmentation, Runs) else _UNKNOWN


def _said(width: float | None, height: float | None) -> str:
    return "x".join("?" if side is None else f"{side:g}" for side in (width, height))


def _is_outside(entry: BoxRecord, width: int, height: int) -> bool:
    """Whether no pixel of a picture lies in a box, nor on its edges."""
    across, down = (1, 1) if entry.relative else (width, height)
    left, top, right, bottom = entry.box
    return left > across or top > down or right < 0 or bottom < 0


def detections_of(entries: Sequence[BoxRecord], width: int, height: int) -> Detections:
    """Bring entries to the size of their picture."""
    if not entries:
        return Detections.none()
    picture = np.array([width, height, width, height], np.float32)
    shares = [picture if entry.relative else np.ones(4, np.float32) for entry in entries]
    masks = tuple(
        None if entry.segmentation is None else entry.segmentation.mask(width, height)
        for entry in entries
    )
    return Detections.of(
        np.array([entry.box for entry in entries], np.float32) * shares,
        scores=[entry.score for entry in entries],
        kinds=[entry.kind for entry in entries],
        tracks=[entry.track for entry in entries],
        seen=[entry.seen for entry in entries],
        masks=masks if any(mask is not None for mask in masks) else (),
    )


def is_sound(detections: Detections) -> bool:
    """Tell whether detection worked: every box and score is a number, and every box has an inside.

    A box without one says that somebody is there, and not where.
    """
    numbers = np.append(detections.boxes, detections.scores)
    sizes = detections.boxes[:, 2:] - detections.boxes[:, :2]
    return (
        detections.failure is None
        and bool((np.abs(numbers) <= LARGEST).all())
        and bool((sizes > 0).all())
    )


def checked_numbers(words: Sequence[str], place: str) -> list[float]:
    """Turn words into finite numbers of a sensible size.

    Raises:
        InputError: If one is not; ``place`` names the file and the line.
    """
    numbers = []
    for word in words:
        try:
            number = float(word)
        except ValueError:
            raise InputError(f"{place}: {word!r} is not a number: correct it") from None
        if not abs(number) <= LARGEST:
            raise InputError(f"{place}: {word!r} cannot be a coordinate: correct it")
        numbers.append(number)
    return numbers


def read_box_text(path: Path) -> str:
    """Read a text file.

    Raises:
        InputError: If it cannot be read or is not text.
    """
    try:
        return plain.read_text(path, "utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {path} ({error.strerror}): check the path") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not a text file (byte {error.start} is not UTF-8)") from error
