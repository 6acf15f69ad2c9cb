"""What happened in one input: frames, tracks, gaps, and what a person should look at."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from passerby.detections import Detections, Kind
from passerby.geometry import XywhBox
from passerby.pipeline.stages import FrameResult, KeptFrame
from passerby.runs.anonymize.frame_log import as_xywh
from passerby.runs.anonymize.lost_heads import LostHeads
from passerby.runs.review.frames import DoubtKind, ReviewFrame
from passerby.runtime.counting import counted

__all__ = ["RunStatistics", "TrackRecord", "TrackSighting"]

DOUBTFUL_SCORE = 0.35
"""A person whose best score is at most this is shown for review."""
UNMOVED = 0.3
"""Somebody whose box never moved by more than this share of its height in all ..."""
UNMOVED_SECONDS = 5.0
"""... for at least this long ..."""
UNMOVED_SCORE = 0.5
"""... and whose best score is below this may be a thing, and is shown for review."""
LONG_GAP = 5
"""A gap of more looks than this is shown for review."""


@dataclass(frozen=True, slots=True)
class TrackSighting:
    """A frame in which somebody was seen.

    Attributes:
        frame: Its number, from 0.
        time: In seconds, or None where time means nothing.
        box: Left, top, width, height in pixels.
    """

    frame: int
    time: float | None
    box: XywhBox


@dataclass(slots=True)
class TrackRecord:
    """One track: where it was seen and where it was filled in.

    Attributes:
        first, last: Numbers of its first and last frame.
        first_time, last_time: Of these in seconds, or None where time means nothing.
        seen: Looks at which it was detected.
        filled: Frames in which it was covered without being detected.
        gaps: Gaps between sightings, counted in looks, that were bridged.
        uncovered: Frames between its first and its last in which its position was unknown.
        uncovered_end: The end of the last such stretch.
        in_full: Frames of the input that were covered in full before it was last covered.
        longest_gap: Looks in the longest bridged gap.
        gap_end: The end of that gap.
        best_score: The score of its best sighting.
        best: That sighting.
        held: Whether it has been covered without a break since a sighting.
        missed: Looks since then.
        reach: Least and greatest left side and top of its box where it was seen, in pixels.
        alone: Whether it was ever outside the boxes of people; a face inside one is covered
            with its person, however doubtful it is.
    """

    first: int
    last: int
    first_time: float | None = None
    last_time: float | None = None
    seen: int = 0
    filled: int = 0
    gaps: int = 0
    uncovered: int = 0
    uncovered_end: TrackSighting | None = None
    in_full: int = 0
    longest_gap: int = 0
    gap_end: TrackSighting | None = None
    best_score: float = 0.0
    best: TrackSighting | None = None
    held: bool = False
    missed: int = 0
    reach: tuple[float, float, float, float] | None = None
    alone: bool = False

    def add(
        self, moment: TrackSighting, score: float, *, seen: bool, looked: bool, in_full: int = 0
    ) -> None:
        """Note one frame in which the track was covered, and how many were in full before it."""
        if moment.frame > self.last + 1:
            self.held, self.missed = False, 0  # it was let go: that gap is not bridged
            bare = moment.frame - self.last - 1 - (in_full - self.in_full)
            if bare > 0:
                self.uncovered, self.uncovered_end = self.uncovered + bare, moment
        self.last, self.last_time, self.in_full = moment.frame, moment.time, in_full
        if not seen:
            self.filled += 1
            self.missed += looked and self.held
            return
        if self.missed:
            self.gaps += 1
            if self.missed > self.longest_gap:
                self.longest_gap, self.gap_end = self.missed, moment
        self.held, self.missed = True, 0
        self.seen += 1
        left, top, _, _ = moment.box
        least_left, most_left, least_top, most_top = self.reach or (left, left, top, top)
        self.reach = (
            min(least_left, left),
            max(most_left, left),
            min(least_top, top),
            max(most_top, top),
        )
        if self.best is None or score > self.best_score:
            self.best_score, self.best = score, moment

    def doubts(self, number: int) -> Iterator[ReviewFrame]:
        """Why the track of this number is worth a look: at most one frame for each reason."""
        if self.best is not None and self.seen == 1:
            weight = 0.25 + 0.25 * self.best_score
            yield _doubt(self.best, "seen only once", weight, number, "weak")
        elif self.best is not None and self.best_score < DOUBTFUL_SCORE:
            reason = f"low scores only: score {self.best_score:.2f} at best"
            yield _doubt(self.best, reason, self.best_score, number, "weak")
        if self.best is not None and self._stands_like_a_thing():
            reason = (
                f"does not move, score {self.best_score:.2f} at best: a thing? "
                f"--keep {number} leaves it uncovered"
            )
            yield _doubt(self.best, reason, 0.3, number, "still")
        if self.uncovered_end is not None:
            reason = (
                f"not covered in {self.uncovered} frames before this, because the gap was too long"
            )
            yield _doubt(self.uncovered_end, reason, 0.5, number, "gap")
        if self.gap_end is not None and self.longest_gap > LONG_GAP:
            reason = f"not seen for {counted(self.longest_gap, 'look')} before this"
            yield _doubt(self.gap_end, reason, min(0.3, 0.02 * self.longest_gap), number, "gap")

    def _stands_like_a_thing(self) -> bool:
        """Whether it never moved for long and was never certain: a tripod, a sign, a poster."""
        if self.best is None or self.reach is None or self.best_score >= UNMOVED_SCORE:
            return False
        if self.first_time is None or self.last_time is None:
            return False
        left, right, top, bottom = self.reach
        moved = max(right - left, bottom - top) / max(self.best.box[3], 1)
        return self.last_time - self.first_time >= UNMOVED_SECONDS and moved <= UNMOVED


@dataclass(slots=True)
class RunStatistics:
    """Counts frames, tracks and gaps; memory grows with the number of people, not of frames.

    Attributes:
        size: Width and height of the frames; without it no head is noted as lost amid them.
        frames: How many there are.
        looked: How many of them were searched.
        covered_in_full: How many of them were covered in full, for ...
        failures: ... each of these reasons.
        tracks: By number and kind.
    """

    size: tuple[int, int] | None = None
    frames: int = 0
    looked: int = 0
    covered_in_full: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    tracks: dict[tuple[int, Kind], TrackRecord] = field(default_factory=dict)
    _lost: LostHeads = field(default_factory=LostHeads, init=False)
    _unconfirmed: dict[int, tuple[float, TrackSighting]] = field(default_factory=dict, init=False)
    _first_failed: tuple[int, float | None] | None = field(default=None, init=False)
    _untracked: ReviewFrame | None = field(default=None, init=False)

    def add(self, frame: FrameResult | KeptFrame) -> None:
        """Count one frame."""
        found = frame.detections
        self.frames += 1
        self.looked += frame.looked
        if frame.covered_in_full:
            self.covered_in_full += 1
            self.failures[found.failure or "covering failed"] += 1
            self._first_failed = self._first_failed or (frame.index, frame.time)
        alone = _stand_alone(found)
        for index, track in _once_a_track(found):
            record = self.tracks.setdefault(
                track,
                TrackRecord(frame.index, frame.index, frame.time, in_full=self.covered_in_full),
            )
            moment = TrackSighting(frame.index, frame.time, as_xywh(found.boxes[index]))
            seen, score = bool(found.seen[index]), float(found.scores[index])
            record.add(moment, score, seen=seen, looked=frame.looked, in_full=self.covered_in_full)
            record.alone = record.alone or bool(alone[index])
        if self.size is not None and frame.time is not None and not frame.covered_in_full:
            self._lost.add(frame.index, frame.time, found, self.size)
        self._note_untracked(frame)
        self._note_unconfirmed(frame)

    @property
    def gaps_bridged(self) -> int:
        """Gaps in tracks, counted in looks, that were filled from both sides."""
        return sum(record.gaps for record in self.tracks.values())

    def review(self) -> list[ReviewFrame]:
        """The frames most worth a human look, once for each reason."""
        frames = [
            one
            for (number, _), record in self.tracks.items()
            if record.alone
            for one in record.doubts(number)
        ]
        if self._untracked is not None:
            frames.append(self._untracked)
        frames += self._left_uncovered()
        frames += self._lost.doubts()
        if self._first_failed is not None:
            reason, _ = self.failures.most_common(1)[0]
            text = f"{counted(self.covered_in_full, 'frame')} covered in full: {reason}"
            frames.append(ReviewFrame(*self._first_failed, text, 0.95, kind="failed"))
        return frames

    def _note_untracked(self, frame: FrameResult | KeptFrame) -> None:
        """Remember the frame with the best doubtful box without a track, as in pictures."""
        found = frame.detections.of_kind(Kind.PERSON, Kind.HEAD, Kind.OBJECT)
        found = found[(found.tracks < 0) & (found.scores < DOUBTFUL_SCORE)]
        weight = float(found.scores.max(initial=0))
        if not len(found) or (self._untracked and weight <= self._untracked.weight):
            return
        reason = f"{len(found)} doubtful: score {weight:.2f} at best"
        boxes = tuple(map(as_xywh, found.boxes))
        self._untracked = ReviewFrame(
            frame.index, frame.time, reason, weight, boxes=boxes, kind="weak"
        )

    def _note_unconfirmed(self, frame: FrameResult | KeptFrame) -> None:
        """Remember where the tracks that are not covered were seen best."""
        sighted = frame.sighted
        bare = (sighted.tracks >= 0) & ~np.isin(sighted.tracks, frame.detections.tracks)
        for index in np.flatnonzero(bare):
            number, score = int(sighted.tracks[index]), float(sighted.scores[index])
            if number not in self._unconfirmed or score > self._unconfirmed[number][0]:
                box = as_xywh(sighted.boxes[index])
                moment = TrackSighting(frame.index, frame.time, box)
                self._unconfirmed[number] = score, moment

    def _left_uncovered(self) -> Iterator[ReviewFrame]:
        """The frame in which a track that is not covered was seen best, if there is one."""
        covered = {number for number, _ in self.tracks}
        left = [one for number, one in self._unconfirmed.items() if number not in covered]
        if left:
            score, moment = max(left, key=lambda one: one[0])
            reason = (
                f"{counted(len(left), 'track')} not covered, because found too rarely at too low "
                f"scores: score {score:.2f} at best"
            )
            boxes = (moment.box,)
            yield ReviewFrame(moment.frame, moment.time, reason, score, boxes=boxes, kind="weak")


def _doubt(
    moment: TrackSighting, reason: str, weight: float, number: int, kind: DoubtKind
) -> ReviewFrame:
    boxes = (moment.box,)
    return ReviewFrame(moment.frame, moment.time, reason, weight, (number,), boxes, kind)


def _stand_alone(found: Detections) -> npt.NDArray[np.bool_]:
    """Which boxes are people's or things', or have their middle in the box of no person."""
    people = found.kinds == Kind.PERSON
    middles = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2
    low, high = found.boxes[people, :2], found.boxes[people, 2:]
    inside = np.all((low <= middles[:, None]) & (middles[:, None] < high), axis=2).any(axis=1)
    alone: npt.NDArray[np.bool_] = people | (found.kinds == Kind.OBJECT) | ~inside
    return alone


def _once_a_track(found: Detections) -> Iterator[tuple[int, tuple[int, Kind]]]:
    """One box for each track, where it was seen if it was; it may also be expected elsewhere."""
    chosen: dict[tuple[int, Kind], int] = {}
    for index in np.argsort(~found.seen, kind="stable").tolist():
        number = int(found.tracks[index])
        if number >= 0:
            chosen.setdefault((number, Kind(int(found.kinds[index]))), index)
    for track, index in chosen.items():
        yield index, track
