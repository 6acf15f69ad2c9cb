"""The frames most worth a human look, as the report of a run lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from passerby.errors import InputError
from passerby.files.plain import parse_json, read_text
from passerby.runs.review.frames import ReviewFrame

__all__ = ["FinishedItem", "FinishedRun", "ReviewItem", "choose", "read_report", "review_queue"]

APART_SECONDS = 1.0
APART_FRAMES = 10
"""Frames of one output that are nearer to each other show the same; only one is taken."""
_LONGEST = 4_096
"""Characters that are read of a text; no path is longer."""


class NamedFile(BaseModel):
    """A file that was read or written, or an address."""

    name: str | None = None
    sha256: str | None = None


class FinishedCheck(BaseModel):
    """What a self-check came to."""

    frames: int = 0
    uncovered: tuple[dict[str, Any], ...] = ()


class FinishedItem(BaseModel):
    """What is needed to know of one input; see `passerby.runs.anonymize.report`."""

    input: NamedFile
    output: NamedFile
    status: str
    error: str | None = None
    vouched: bool = False
    review: tuple[ReviewFrame, ...] = ()
    notes: tuple[str, ...] = ()
    frames_written: int = 0
    looks: int = 0
    covered_in_full: int = 0
    gaps_bridged: int = 0
    tracks: tuple[dict[str, Any], ...] = ()
    self_check: FinishedCheck | None = None


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
            f"{path} is JSON but no report (see {where}): name a file that --report wrote"
        ) from None
    except ValueError:
        raise InputError(f"{path} is not JSON: name a file that --report wrote") from None


def _without_boxes(value: dict[str, Any]) -> dict[str, Any]:
    """Forget the boxes of all frames, of which there may be millions, and ends of long texts."""
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
    """Take the first ``most`` of the doubts that are no neighbours of one taken before."""
    chosen: list[ReviewItem] = []
    for doubt in found:
        if len(chosen) < most and not any(_neighbours(doubt, other) for other in chosen):
            chosen.append(doubt)
    return chosen


def _neighbours(one: ReviewItem, other: ReviewItem) -> bool:
    if one.item != other.item:
        return False
    if one.frame.time is None or other.frame.time is None:
        return abs(one.frame.frame - other.frame.frame) < APART_FRAMES
    return abs(one.frame.time - other.frame.time) < APART_SECONDS
