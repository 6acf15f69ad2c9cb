"""Search the finished output with the detectors again: who is still found uncovered?"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from passerby.anonymization import REGIONS, Anonymizer, Region
from passerby.anonymization.patches import Patch
from passerby.anonymization.regions import Fitting
from passerby.detection.appearance import detect_shown
from passerby.detections import Detections, Kind, Mask
from passerby.geometry import XywhBox, area, intersection
from passerby.runs.anonymize.bare_heads import Bareness, head_bareness, person_bareness
from passerby.runs.anonymize.checked_frames import Record, checked_frames
from passerby.runs.anonymize.cover_filling import without_covers
from passerby.runs.anonymize.frame_log import as_detections, as_xywh
from passerby.runs.edit.plan import EditPlan
from passerby.runs.review.frames import APART_SECONDS
from passerby.tracking.selection import Selection
from passerby.types import Detector, Source

__all__ = ["EarlierCheck", "Finding", "SelfCheck", "found_heads", "self_check"]

HEAD_ITSELF = Fitting(margin=0)
"""What must be covered of a detection: its margin is there for those who see the head elsewhere."""
COVERED_SHARE = 0.5
"""A detection is fine if at least this share of its wanted cover was covered or left by choice."""
SAME_PERSON = 0.5
"""Two boxes that overlap by this share of the smaller one are of one person."""
NEXT_LOOK = 0.5
"""Two looks that are more seconds apart say nothing about each other."""
WALKED = 3.0
"""Between two looks a head moves by at most this many of its heights ..."""
GREW = 2.0
"""... and its height changes by at most this factor."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Somebody who is found uncovered in the output.

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
        frames: How many frames were searched. Frames covered in full show nobody and are not.
        found: How many people, heads and faces the detectors find in them, covered or not.
        uncovered: Those that are bare heads and were not left uncovered by choice.
        left_by_choice: How many of them the user left uncovered by number, zone or time.
        in_all: How many frames there are.
        explained: How many of them lie outside the covers, but are taken for the bodies of people
            whose heads are covered, or for false detections.
        doubtful: Those that may be bare heads, but were found at only one look.
        kept: How many frames are those of an earlier copy and were not searched again: what was
            found in that copy is listed.
    """

    frames: int = 0
    found: int = 0
    uncovered: list[Finding] = field(default_factory=list)
    left_by_choice: int = 0
    in_all: int = 0
    explained: int = 0
    doubtful: list[Finding] = field(default_factory=list)
    kept: int = 0


@dataclass(frozen=True, slots=True)
class EarlierCheck:
    """The self-check of a copy of which some frames stay as they are.

    Attributes:
        uncovered, doubtful: As in `SelfCheck`.
        anew: Numbers of the frames that do not stay.
        kept: How many stay.
    """

    uncovered: Sequence[Finding]
    doubtful: Sequence[Finding]
    anew: Container[int]
    kept: int


def self_check(  # noqa: PLR0913  (all that was known)
    output: Source,
    records: Iterable[Record],
    anonymizer: Anonymizer,
    detector: Detector,
    selection: Selection | None = None,
    *,
    frames: int,
    finds_heads: bool = False,
    plan: EditPlan | None = None,
    before: EarlierCheck | None = None,
) -> SelfCheck:
    """Look for bare heads in the output.

    The covers are filled with the colours around them before the search. A detection is fine if at
    least half of its head was covered. It is left by choice if the head lies in a zone or a time to
    leave, or belongs to somebody left by number. The rest is judged by `bare_heads`.

    Args:
        output: The finished, anonymized output.
        records: What was known about each of its frames, as in the report.
        anonymizer: The one that made the output.
        detector: Searches it again.
        selection: The people whom the user chose by number.
        frames: How many records there are.
        finds_heads: Whether the detector finds heads. Otherwise each person counts whose head is
            bare and who is not one of the known people.
        plan: What edits did to the frames, if there were any.
        before: Which frames need no search, if there are any.

    Raises:
        InputError: If the output has other frames than were written.
    """
    outcome = SelfCheck(in_all=frames)
    selection = selection or Selection()
    heads: list[_Head] = []
    for frame, record in checked_frames(output, records, frames):
        is_new = before is None or record["frame"] in before.anew
        if is_new and not record.get("covered_in_full"):
            outcome.frames += 1
            scene = _scene(record, frame.image.shape, anonymizer, selection, plan)
            found = detect_shown(_seeing_past(scene.covers, detector), frame)
            heads += _judged(found, scene, record, outcome, finds_heads=finds_heads)
    _sort_out(heads, outcome)
    if before is not None:
        outcome.kept = before.kept
        outcome.uncovered = _with_earlier(outcome.uncovered, before.uncovered, before.anew)
        outcome.doubtful = _with_earlier(outcome.doubtful, before.doubtful, before.anew)
    return outcome


def _with_earlier(
    found: Iterable[Finding], earlier: Iterable[Finding], anew: Container[int]
) -> list[Finding]:
    """What was found, with what was found before in frames that stay as they are."""
    stay = (one for one in earlier if one.frame not in anew)
    return sorted((*found, *stay), key=lambda one: one.frame)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is known about a frame.

    Attributes:
        covered, left: The people that the run covered, and those left by number.
        covers: The covered pixels; shape (height, width).
        chosen: The pixels in a zone or a time to leave; the same shape.
        of_people: The region that should be covered of people.
    """

    covered: Detections
    left: Detections
    covers: Mask
    chosen: Mask
    of_people: Region


@dataclass(frozen=True, slots=True)
class _Head:
    """A detection that is a bare head or may be one, and the look at which it was found."""

    look: int
    finding: Finding
    sure: bool


def _scene(
    record: Record,
    shape: tuple[int, ...],
    anonymizer: Anonymizer,
    selection: Selection,
    plan: EditPlan | None,
) -> _Scene:
    height, width = shape[:2]
    time = record.get("time")
    # If only faces are covered, heads need not be; otherwise they must be.
    faces_alone = anonymizer.kinds - {Kind.OBJECT} == {Kind.FACE}
    known = as_detections(record)
    chosen = selection.covers(known)
    patches, bare = anonymizer.patches(known[chosen], width, height, time), ~chosen
    if plan is not None:
        override = plan.override(record["frame"], time, known, (width, height))
        if override.whole:
            return _hidden_scene(known, height, width)
        patches = anonymizer.patches(known[chosen & ~override.left], width, height, time)
        patches += [patch for one in override.extra for patch in one.patches]
        bare = bare | override.bare
    return _Scene(
        covered=known[~bare],
        left=known[bare],
        covers=_mask(patches, width, height),
        chosen=anonymizer.left(width, height, time),
        of_people=REGIONS["faces" if faces_alone else "heads"],
    )


def _hidden_scene(known: Detections, height: int, width: int) -> _Scene:
    """What is known of a frame that is covered whole by choice."""
    everything = np.ones((height, width), np.bool_)
    return _Scene(known, known[:0], everything, ~everything, REGIONS["heads"])


def _mask(patches: Iterable[Patch], width: int, height: int) -> Mask:
    """The pixels of patches; shape (height, width)."""
    mask = np.zeros((height, width), np.bool_)
    for patch in patches:
        mask[patch.area] |= True if patch.mask is None else patch.mask
    return mask


def _seeing_past(covers: Mask, detector: Detector) -> Detector:
    return lambda image: detector(without_covers(image, covers))


def _judged(
    found: Detections, scene: _Scene, record: Record, outcome: SelfCheck, *, finds_heads: bool
) -> Iterator[_Head]:
    """Count what was found in one frame, and yield what may be bare heads."""
    outcome.found += len(found)
    for index in range(len(found)):
        one = found[np.array([index])]
        if _is_covered(one, scene):
            continue
        if _is_left(one, scene):
            outcome.left_by_choice += 1
            continue
        bareness = _bareness(found, index, scene, finds_heads=finds_heads)
        if bareness is Bareness.EXPLAINED:
            outcome.explained += 1
        else:
            yield _Head(outcome.frames, _finding(record, one), bareness is Bareness.BARE)


def _wanted(one: Detections, scene: _Scene) -> Region:
    """The region that should be covered of a detection."""
    return REGIONS["objects"] if one.kinds[0] == Kind.OBJECT else scene.of_people


def _is_covered(one: Detections, scene: _Scene) -> bool:
    return _share(_wanted(one, scene), one, scene.covers) >= COVERED_SHARE


def _is_left(one: Detections, scene: _Scene) -> bool:
    """Whether the user chose to leave a detection: by its place, its time, or its person."""
    height, width = scene.covers.shape
    wanted = _wanted(one, scene)
    if one.kinds[0] == Kind.PERSON and _alike(one, scene.left):
        return True
    left = _mask(wanted(scene.left, width, height), width, height)
    return _share(wanted, one, scene.covers | scene.chosen | left) >= COVERED_SHARE


def _bareness(found: Detections, index: int, scene: _Scene, *, finds_heads: bool) -> Bareness:
    kind = found.kinds[index]
    if kind in (Kind.HEAD, Kind.FACE):
        return head_bareness(found, index, scene.covered, scene.covers)
    if kind == Kind.PERSON and finds_heads:
        return person_bareness(found, index, scene.covered)
    one = found[np.array([index])]
    fine = any(_is_covered(person, scene) for person in _alike(one, scene.covered))
    return Bareness.EXPLAINED if fine else Bareness.BARE


def _share(wanted: Region, person: Detections, covered: Mask) -> float:
    """Share of a person's wanted region that is covered; 1 if the region is empty."""
    height, width = covered.shape
    patches = wanted(person, width, height, HEAD_ITSELF)
    shares = [covered[one.area][... if one.mask is None else one.mask].mean() for one in patches]
    return float(min(shares, default=1.0))


def _alike(found: Detections, known: Detections) -> list[Detections]:
    """The known people whose box covers most of the box of a found person, or lies in it."""
    if found.kinds[0] != Kind.PERSON:
        return []
    people = known.of_kind(Kind.PERSON)
    smaller = np.maximum(np.minimum(area(found.boxes), area(people.boxes)), 1e-6)
    overlap = intersection(found.boxes, people.boxes)[0] / smaller
    return [people[np.array([index])] for index in np.flatnonzero(overlap >= SAME_PERSON)]


def found_heads(
    findings: Iterable[Finding], apart: float = APART_SECONDS
) -> list[tuple[Finding, ...]]:
    """Sort findings by head, and leave out those that come soon after another one of their head.

    Args:
        findings: In order of time.
        apart: Seconds after which the same head is listed once more; who is away for longer is
            another one.

    Returns:
        What is listed of each head, at least one finding.
    """
    heads: list[list[Finding]] = []
    followed: list[tuple[Finding, list[Finding]]] = []  # who is near now, and what is listed of it
    for one in findings:
        near = [
            (last, listed)
            for last, listed in followed
            if (one.time or 0) - (last.time or 0) <= apart
        ]
        mine = next((listed for last, listed in near if _is_same(last, one)), None)
        followed = [(last, listed) for last, listed in near if listed is not mine]
        if mine is None:
            mine = [one]
            heads.append(mine)
        elif (one.time or 0) - (mine[-1].time or 0) >= apart:
            mine.append(one)
        followed.append((one, mine))
    return [tuple(listed) for listed in heads]


def _sort_out(heads: Sequence[_Head], outcome: SelfCheck) -> None:
    """A head counts if it is certain, or if the look before or after shows it as well."""
    for number, head in enumerate(heads):
        near = (other for other in _around(heads, number) if _is_same(head.finding, other.finding))
        counts = head.sure or next(near, None) is not None
        (outcome.uncovered if counts else outcome.doubtful).append(head.finding)


def _around(heads: Sequence[_Head], number: int) -> Iterator[_Head]:
    """The heads of the looks just before and after."""
    look = heads[number].look
    for step in (-1, 1):
        other = number + step
        while 0 <= other < len(heads) and abs(heads[other].look - look) <= 1:
            if heads[other].look != look:
                yield heads[other]
            other += step


def _is_same(one: Finding, other: Finding) -> bool:
    """Whether two detections may be one head that moved on."""
    if one.kind != other.kind or one.time is None or other.time is None:
        return False
    left, top, width, height = np.subtract(one.box, other.box)
    tall, small = max(one.box[3], other.box[3]), min(one.box[3], other.box[3])
    moved = np.hypot(left + width / 2, top + height / 2)
    return bool(
        abs(one.time - other.time) <= NEXT_LOOK and moved <= WALKED * tall and tall <= GREW * small
    )


def _finding(record: Record, found: Detections) -> Finding:
    kind = Kind(int(found.kinds[0])).name.lower()
    score = round(float(found.scores[0]), 3)
    return Finding(record["frame"], record.get("time"), kind, score, as_xywh(found.boxes[0]))
