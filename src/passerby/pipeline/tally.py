"""What happened in one input: frames, tracks, gaps, and what a person should look at."""

from collections import Counter
from dataclasses import dataclass, field

from passerby.detections import Kind
from passerby.pipeline.stages import Result

__all__ = ["ReviewFrame", "Tally", "TrackRecord"]

DOUBTFUL_SCORE = 0.35
"""A track whose best sighting is no surer than this is shown for review."""
LONG_GAP = 5
"""A gap of more looks than this is shown for review."""


@dataclass(slots=True)
class TrackRecord:
    """One track: where it was seen and where it was filled in.

    Attributes:
        kind: What it is a track of.
        first, last: Numbers of its first and last frame.
        seen: Looks at which it was detected.
        filled: Frames in which it was covered without being detected.
        gaps: Gaps between sightings, counted in looks, that were bridged.
        longest_gap: Looks in the longest of them; it ended at frame ``gap_end``.
        best_score: Of its surest sighting, which is in frame ``best_frame``.
    """

    kind: Kind
    first: int
    last: int
    seen: int = 0
    filled: int = 0
    gaps: int = 0
    longest_gap: int = 0
    gap_end: int = -1
    best_score: float = 0.0
    best_frame: int = -1
    missed: int = 0

    def add(self, frame: int, score: float, *, seen: bool, looked: bool) -> None:
        """Note one frame in which the track was covered."""
        self.last = frame
        if not seen:
            self.filled += 1
            self.missed += looked and self.seen > 0
            return
        if self.missed:
            self.gaps += 1
            if self.missed > self.longest_gap:
                self.longest_gap, self.gap_end = self.missed, frame
        self.missed = 0
        self.seen += 1
        if score > self.best_score:
            self.best_score, self.best_frame = score, frame


@dataclass(frozen=True, slots=True)
class ReviewFrame:
    """A frame most worth a human look.

    Attributes:
        frame: Its number, from 0.
        reason: Why, in a few words.
        weight: How urgent, 0-1.
        tracks: The tracks it is about.
    """

    frame: int
    reason: str
    weight: float
    tracks: tuple[int, ...] = ()


@dataclass(slots=True)
class Tally:
    """Counts what goes by; takes no more memory for longer videos, but for more people."""

    frames: int = 0
    looked: int = 0
    covered_in_full: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    tracks: dict[int, TrackRecord] = field(default_factory=dict)
    first_failed: int | None = None

    def add(self, result: Result) -> None:
        """Count one frame."""
        index = result.frame.index
        self.frames += 1
        self.looked += result.looked
        if result.frame.covered_in_full:
            self.covered_in_full += 1
            self.failures[result.detections.failure or "covering failed"] += 1
            self.first_failed = index if self.first_failed is None else self.first_failed
        found = result.detections
        for number, kind, score, seen in zip(
            found.tracks.tolist(),
            found.kinds.tolist(),
            found.scores.tolist(),
            found.seen.tolist(),
            strict=True,
        ):
            if number >= 0:
                record = self.tracks.setdefault(number, TrackRecord(Kind(kind), index, index))
                record.add(index, score, seen=seen, looked=result.looked)

    @property
    def gaps_bridged(self) -> int:
        """Gaps in tracks, counted in looks, that were filled from both sides."""
        return sum(record.gaps for record in self.tracks.values())

    def review(self) -> list[ReviewFrame]:
        """The frames most worth a human look, the most urgent first."""
        frames = [one for number, record in self.tracks.items() for one in _doubts(number, record)]
        if self.first_failed is not None:
            reason, _ = self.failures.most_common(1)[0]
            text = f"{self.covered_in_full} frames covered in full: {reason}"
            frames.append(ReviewFrame(self.first_failed, text, 1.0))
        return sorted(frames, key=lambda one: (-one.weight, one.frame))


def _doubts(number: int, record: TrackRecord) -> list[ReviewFrame]:
    """Why one track is worth a look: at most one frame for each reason."""
    doubts = []
    if record.seen == 1:
        weight = 0.5 + 0.4 * record.best_score
        doubts.append(ReviewFrame(record.best_frame, "seen only once", weight, (number,)))
    elif record.best_score < DOUBTFUL_SCORE:
        text = f"never sure: score {record.best_score:.2f} at best"
        doubts.append(ReviewFrame(record.best_frame, text, record.best_score, (number,)))
    if record.longest_gap > LONG_GAP:
        weight = min(0.9, 0.05 * record.longest_gap)
        text = f"not seen for {record.longest_gap} looks before this"
        doubts.append(ReviewFrame(record.gap_end, text, weight, (number,)))
    return doubts
