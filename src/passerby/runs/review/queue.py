"""The frames most worth a human look, as the report of a run lists them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, Field, FiniteFloat, ValidationError

from passerby.errors import InputError
from passerby.files.plain import parse_json, read_text
from passerby.geometry import XywhBox
from passerby.runs.review.frames import APART_SECONDS, ReviewFrame, clock

__all__ = [
    "FinishedItem",
    "FinishedRun",
    "ReviewItem",
    "choose",
    "read_report",
    "review_queue",
    "track_items",
]

APART_FRAMES = 10
"""As `APART_SECONDS`, where frames have no times."""
APART_HEIGHTS = 3.0
"""Boxes that are farther from each other, in heights of the taller one, are of two people."""
_LONGEST = 4_096
"""Characters that are read of a text; no path is longer."""


class NamedFile(BaseModel):
    """A file that was read or written, or an address."""

    name: str | None = None
    sha256: str | None = None
    kind: str = ""
    width: int = 0
    height: int = 0


class FinishedCheck(BaseModel):
    """The result of a self-check; see `passerby.runs.anonymize.self_check`."""

    frames: int = 0
    in_all: int = 0
    left_by_choice: int = 0
    uncovered: tuple[dict[str, Any], ...] = ()
    doubtful: tuple[dict[str, Any], ...] = ()


class FinishedSighting(BaseModel):
    """Where a track was seen best."""

    frame: int
    time: FiniteFloat | None = None
    box: XywhBox


class FinishedTrack(BaseModel):
    """One track: who it is, when it is there, and where it was seen best."""

    track: int = -1
    kind: str = ""
    first: int = 0
    last: int = 0
    first_time: FiniteFloat | None = None
    last_time: FiniteFloat | None = None
    best_score: FiniteFloat = 0.0
    best: FinishedSighting | None = None


class FinishedItem(BaseModel):
    """What is needed to know of one input; see `passerby.runs.anonymize.report`."""

    input: NamedFile
    output: NamedFile
    status: str
    error: str | None = None
    vouched: bool = Field(
        default=False,
        validation_alias=AliasChoices("no_known_problem", "vouched"),  # the second of version 0.1
    )
    review: tuple[ReviewFrame, ...] = ()
    notes: tuple[str, ...] = ()
    first_frame: int = 0
    frames_written: int = 0
    looks: int = 0
    covered_in_full: int = 0
    gaps_bridged: int = 0
    tracks: tuple[FinishedTrack, ...] = ()
    self_check: FinishedCheck | None = None
    edits_weakness: str | None = None

    @property
    def is_picture(self) -> bool:
        """Whether it has one frame, which needs no number."""
        return self.input.kind == "image" and self.frames_written <= 1


class FinishedRun(BaseModel):
    """What is needed to know of a run."""

    report: Literal[1]
    created: str = ""
    versions: dict[str, str] = {}
    models: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    settings: dict[str, Any] = {}
    items: tuple[FinishedItem, ...]


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A frame of an output that is worth a look.

    Attributes:
        item: Position of the input in the report.
        frame: Which frame, and why.
    """

    item: int
    frame: ReviewFrame


def read_report(path: Path) -> FinishedRun:
    """Read what ``--report`` wrote.

    Raises:
        InputError: If it is missing, unreadable, not JSON or not such a report.
    """
    try:
        text = read_text(path)
    except FileNotFoundError:
        raise InputError(f"the report {path} does not exist: check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise InputError(f"the report {path} cannot be read ({reason}): check the path") from None
    try:
        return FinishedRun.model_validate(parse_json(text, object_hook=_without_boxes))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "all of it"
        raise InputError(
            f"{path} is JSON but not a report (see {where}): name a file that --report wrote"
        ) from None
    except ValueError:
        raise InputError(f"{path} is not JSON: name a file that --report wrote") from None


def _without_boxes(value: dict[str, Any]) -> dict[str, Any]:
    """Drop the boxes of all frames, of which there may be millions, and the ends of long texts."""
    if "looked" in value:
        return {}
    return {key: one[:_LONGEST] if isinstance(one, str) else one for key, one in value.items()}


def review_queue(items: Iterable[FinishedItem]) -> list[ReviewItem]:
    """List all frames worth a look, the most urgent first."""
    found = [
        ReviewItem(number, frame) for number, item in enumerate(items) for frame in item.review
    ]
    return sorted(found, key=lambda doubt: -doubt.frame.weight)


def choose(found: Iterable[ReviewItem], most: int) -> list[ReviewItem]:
    """Take the first ``most`` of the doubts, and of neighbours those that show somebody else."""
    chosen: list[ReviewItem] = []
    shown: set[tuple[int, int]] = set()
    for doubt in found:
        tracks = {(doubt.item, track) for track in doubt.frame.tracks}
        near = [other for other in chosen if _neighbours(doubt, other)]
        is_new = not tracks <= shown or not near or _shows_somebody_else(doubt, near)
        if len(chosen) < most and is_new:
            chosen.append(doubt)
            shown |= tracks
    return chosen


def track_items(items: Iterable[FinishedItem]) -> list[ReviewItem]:
    """List all tracks in the order of their numbers, each where it was seen best.

    A person's head or face has the number of its person, who is shown.
    """
    found = []
    for position, item in enumerate(items):
        ranked = sorted(item.tracks, key=lambda one: (one.track, one.kind != "person"))
        of_number = {one.track: one for one in reversed(ranked) if one.best is not None}
        found += [ReviewItem(position, _best(of_number[number])) for number in sorted(of_number)]
    return found


def _best(track: FinishedTrack) -> ReviewFrame:
    best = track.best
    assert best is not None  # noqa: S101  (asked for only where there is one)
    when = f"frames {track.first} to {track.last}"
    if track.first_time is not None and track.last_time is not None:
        when = f"{clock(track.first_time)} to {clock(track.last_time)}, {when}"
    return ReviewFrame(
        best.frame, best.time, f"{track.kind}, {when}", 0.0, (track.track,), (best.box,)
    )


def _shows_somebody_else(doubt: ReviewItem, near: Sequence[ReviewItem]) -> bool:
    """Whether somebody without a track, whom the self-check found, is at another place."""
    known = [box for other in near for box in other.frame.boxes]
    without_track = () if doubt.frame.tracks else doubt.frame.boxes
    return not all(any(_is_near(box, other) for other in known) for box in without_track)


def _is_near(one: XywhBox, other: XywhBox) -> bool:
    across = (one[0] - other[0]) + (one[2] - other[2]) / 2
    down = (one[1] - other[1]) + (one[3] - other[3]) / 2
    return math.hypot(across, down) <= APART_HEIGHTS * max(one[3], other[3])


def _neighbours(one: ReviewItem, other: ReviewItem) -> bool:
    if one.item != other.item:
        return False
    if one.frame.time is None or other.frame.time is None:
        return abs(one.frame.frame - other.frame.frame) < APART_FRAMES
    return abs(one.frame.time - other.frame.time) < APART_SECONDS
