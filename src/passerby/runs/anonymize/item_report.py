"""What became of one input."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from passerby.anatomy import expected_heads, heads_of_faces
from passerby.geometry import XywhBox, from_xywh
from passerby.media import Medium, Stretch, VideoPart
from passerby.pipeline.film import DEFAULT_RATE
from passerby.runs.anonymize.frame_log import Span, as_xywh
from passerby.runs.anonymize.live import LiveStatistics
from passerby.runs.anonymize.run_statistics import RunStatistics
from passerby.runs.anonymize.self_check import EarlierCheck, Finding, SelfCheck, found_heads
from passerby.runs.edit.plan import EditPlan
from passerby.runs.review.frames import BarePlace, DoubtKind, ReviewFrame, most_urgent_first
from passerby.runtime.error_line import error_line

__all__ = ["ItemReport"]


@dataclass(slots=True)
class ItemReport:
    """What became of one input.

    Attributes:
        source: Its path, or its address without user and password.
        target: Where its copy lies, or None.
        status: "done", "partial" (there is an output, but the input broke off or something else
            that was asked for failed) or "failed".
        error: Why it is not "done".
        medium: What was read, or None if it could not be opened.
        tally: What happened on the way.
        seconds: How long it took.
        notes: What the user should know.
        live: Counters of a live stream: late frames, reconnects; empty for files.
        source_sha256, target_sha256: Of what was read, if a report or a file of detections is asked
            for, and of what was written; None for a stream.
        self_check: What the detectors still find in the output, if that was asked for.
        unmet: Times that the user chose (``--cover-time``, ``--leave-time``) without a frame, and
            zones (``--cover-zone``, ``--leave-zone``) without a pixel.
        unlisted: How many frames at its end are not in the file of detections.
        unnamed: Whether nobody knows that the boxes in that file are of this video.
        bare_objects: Whether that file lists objects which no region covers.
        absent: Numbers that the user chose (``--keep``, ``--only``) and that no track has.
        span: Where its frames lie in the log.
        plan: What a file of edits did to it, if there was one.
        earlier_check: What the self-check found in an earlier copy of which frames stay, if any do.
        earlier_review: Doubts of that copy's report that are not found anew.
        stretch: The part of it that was written; None for all.
        part: Which part of a long video it is, if that was cut.
        meeting: Of such a part, what is known of the frames just before it, as in the log.
    """

    source: str
    target: str | None = None
    status: Literal["done", "partial", "failed"] = "failed"
    error: str | None = None
    medium: Medium | None = None
    tally: RunStatistics = field(default_factory=RunStatistics)
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    live: LiveStatistics = field(default_factory=dict)
    source_sha256: str | None = None
    target_sha256: str | None = None
    self_check: SelfCheck | None = None
    unmet: tuple[str, ...] = ()
    unlisted: int = 0
    unnamed: bool = False
    bare_objects: bool = False
    absent: tuple[int, ...] = ()
    span: Span = (0, 0)
    plan: EditPlan | None = None
    earlier_check: EarlierCheck | None = None
    earlier_review: tuple[ReviewFrame, ...] = ()
    stretch: Stretch | None = None
    part: VideoPart | None = None
    meeting: list[dict[str, Any]] = field(default_factory=list)

    @property
    def first_frame(self) -> int:
        """Number in the source of the first frame that was written."""
        return 0 if self.stretch is None else self.stretch.first

    @property
    def vouched(self) -> bool:
        """Whether nothing was in doubt.

        No frame failed; a file of detections says that it is about this video, reached the last
        frame, and its objects are covered; every chosen number belongs to a track, every chosen
        time contains a frame, every zone contains a pixel; every edit could be applied; and the
        self-check found nobody.
        """
        residue = self.self_check is not None and self.self_check.uncovered
        boxes = self.unlisted or self.unnamed or self.bare_objects
        edits = self.plan is not None and self.plan.problems
        doubts = (self.tally.covered_in_full, boxes, self.absent, self.unmet, residue, edits)
        return self.status == "done" and not any(doubts)

    @property
    def complaint(self) -> str | None:
        """The error with the name of the input, which most errors hold already."""
        return error_line(self.source, self.error)

    @property
    def review(self) -> list[ReviewFrame]:
        """The frames most worth a human look, the most urgent first, one for each head."""
        check = self.self_check or SelfCheck()
        bare = (_to_review(one, "uncovered", 1.0) for one in found_heads(check.uncovered))
        doubtful = (_to_review(one, "maybe uncovered", 0.6) for one in found_heads(check.doubtful))
        rate = None if self.medium is None else self.medium.rate
        edited = [] if self.plan is None else self.plan.review(float(rate or DEFAULT_RATE))
        tally = self.tally.review()
        known = {(one.frame, one.boxes) for one in tally}
        earlier = [one for one in self.earlier_review if (one.frame, one.boxes) not in known]
        return most_urgent_first([*bare, *doubtful, *tally, *earlier, *edited])


def _to_review(found: Sequence[Finding], how: DoubtKind, weight: float) -> ReviewFrame:
    """Where one head is found bare, shown where it is found most surely."""
    best = max(found, key=lambda one: one.score)
    again = "" if len(found) == 1 else f" for {_seconds(found):.0f} s"
    reason = f"{best.kind} found again, {how}{again}: score {best.score:.2f}"
    places = tuple(BarePlace(one.frame, _head(one)) for one in found)
    return ReviewFrame(best.frame, best.time, reason, weight, (), (best.box,), how, places)


def _seconds(found: Sequence[Finding]) -> float:
    return (found[-1].time or 0) - (found[0].time or 0)


def _head(found: Finding) -> XywhBox:
    """The head of what was found."""
    corners = from_xywh([found.box]).astype(np.float32)
    if found.kind == "person":
        return as_xywh(expected_heads(corners)[0])
    return as_xywh(heads_of_faces(corners)[0]) if found.kind == "face" else found.box
