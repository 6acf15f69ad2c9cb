"""Look at the finished output with the detectors again: whom would they still find uncovered?"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from passerby.anonymization import REGIONS, Anonymizer, Region
from passerby.detection.appearance import detect_shown
from passerby.detections import Detections, Kind, Mask
from passerby.geometry import XywhBox, area, intersection
from passerby.runs.anonymize.checked_frames import Record, checked_frames
from passerby.runs.anonymize.frame_log import as_detections, as_xywh
from passerby.tracking.selection import Selection, holds_centre
from passerby.types import Detector, Source

__all__ = ["Finding", "SelfCheck", "self_check"]

COVERED_SHARE = 0.5
"""A person found again is fine if at least this share of what should be covered was covered."""
SAME_PERSON = 0.5
"""Two boxes that share this much of the smaller one are of one person."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Somebody whom a detector finds in the output and whom nothing covers.

    Attributes:
        frame: Number of the frame, from 0.
        time: In seconds, or None where time means nothing.
        kind: "person", "head", "face" or "object".
        score: Of the detector, 0-1.
        box: Left, top, width, height in pixels.
    """

    frame: int
    time: float | None
    kind: str
    score: float
    box: XywhBox


@dataclass(slots=True)
class SelfCheck:
    """The outcome.

    Attributes:
        frames: How many frames were looked at. Those covered in full show nobody, and are not.
        found: How many people and faces the detectors find in them, covered or not.
        uncovered: Those of them whom nothing covers, and whom nobody chose to leave.
        left_by_choice: How many of them the user left uncovered by their numbers.
        in_all: How many frames there are.
    """

    frames: int = 0
    found: int = 0
    uncovered: list[Finding] = field(default_factory=list)
    left_by_choice: int = 0
    in_all: int = 0


def self_check(
    output: Source,
    records: Iterable[Record],
    anonymizer: Anonymizer,
    detector: Detector,
    selection: Selection | None = None,
    *,
    frames: int,
) -> SelfCheck:
    """Compare what detectors find in the output with what was covered.

    A covered head on a visible body is still a person to a detector. A find is fine if at least
    half of its head is covered, or that of somebody known whose box it shares. Whom the user left
    by number (``--keep``, ``--only``) is counted apart; in zones and times to leave nobody is.

    Args:
        output: The finished, anonymized output.
        records: What was known about each of its frames, as in the report.
        anonymizer: The one that covered.
        detector: Looks again; all that it finds counts.
        selection: Whom the user chose by number.
        frames: How many records there are.

    Raises:
        InputError: If the output has other frames than were written.
    """
    outcome = SelfCheck(in_all=frames)
    selection = selection or Selection()
    for frame, record in checked_frames(output, records, frames):
        if not record.get("covered_in_full"):
            outcome.frames += 1
            found = detect_shown(detector, frame)
            _judge(found, record, frame.image.shape, anonymizer, selection, outcome)
    return outcome


def _judge(
    found: Detections,
    record: Record,
    shape: tuple[int, ...],
    anonymizer: Anonymizer,
    selection: Selection,
    outcome: SelfCheck,
) -> None:
    """Count what was found in one frame, and note those whom nothing covers."""
    # Who covers faces alone wants no heads covered; everybody else wants at least those.
    faces_alone = anonymizer.kinds - {Kind.OBJECT} == {Kind.FACE}
    of_people = REGIONS["faces" if faces_alone else "heads"]
    known = as_detections(record)
    chosen = selection.covers(known)
    known, left = known[chosen], known[~chosen]
    covered = _covered(anonymizer, known, shape, record.get("time"))
    outcome.found += len(found)
    for index in range(len(found)):
        one = found[np.array([index])]
        wanted = REGIONS["objects"] if one.kinds[0] == Kind.OBJECT else of_people
        if _share(wanted, one, covered) >= COVERED_SHARE:
            continue
        if _is_one_of(left, one, known):
            outcome.left_by_choice += 1
        elif all(_share(wanted, p, covered) < COVERED_SHARE for p in _alike(one, known)):
            outcome.uncovered.append(_finding(record, one))


def _covered(
    anonymizer: Anonymizer, known: Detections, shape: tuple[int, ...], time: float | None
) -> Mask:
    """Which pixels were covered; shape (height, width)."""
    height, width = shape[:2]
    mask = np.zeros((height, width), np.bool_)
    for patch in anonymizer.patches(known, width, height, time):
        mask[patch.area] |= True if patch.mask is None else patch.mask
    return mask


def _share(wanted: Region, person: Detections, covered: Mask) -> float:
    """Share of what is wanted of a person that is covered; 1 where nothing is."""
    height, width = covered.shape
    shares = [covered[patch.area].mean() for patch in wanted(person, width, height)]
    return float(min(shares, default=1.0))


def _alike(found: Detections, known: Detections) -> list[Detections]:
    """The known people whose box covers most of a person's that was found, or lies in it."""
    if found.kinds[0] != Kind.PERSON:
        return []
    people = known.of_kind(Kind.PERSON)
    smaller = np.maximum(np.minimum(area(found.boxes), area(people.boxes)), 1e-6)
    overlap = intersection(found.boxes, people.boxes)[0] / smaller
    return [people[np.array([index])] for index in np.flatnonzero(overlap >= SAME_PERSON)]


def _is_one_of(left: Detections, found: Detections, covered: Detections) -> bool:
    """Whether somebody found again is one of those who were left, or a part of one of them."""
    if found.kinds[0] == Kind.PERSON:
        return bool(_alike(found, left))
    inside_covered = holds_centre(covered.of_kind(Kind.PERSON).boxes, found.boxes[0]).any()
    return bool(holds_centre(left.boxes, found.boxes[0]).any() and not inside_covered)


def _finding(record: Record, found: Detections) -> Finding:
    kind = Kind(int(found.kinds[0])).name.lower()
    score = round(float(found.scores[0]), 3)
    return Finding(record["frame"], record.get("time"), kind, score, as_xywh(found.boxes[0]))
