"""One copy while it is corrected: shows its frames covered, as the edits so far leave them.

It reads the raw source in the memory of its process. What leaves it is covered: a removal or a
visible track is shown as 8x8 cells, not as it is.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from passerby.anonymization.extra_covers import ExtraCover
from passerby.anonymization.regions import REGIONS
from passerby.anonymization.strength import Strength
from passerby.config import validated
from passerby.detections import Detections
from passerby.errors import InputError
from passerby.files.hashing import sha256_of
from passerby.geometry import XywhBox
from passerby.media import Medium
from passerby.pipeline.box_following import BoxToFollow
from passerby.pipeline.film import DEFAULT_RATE
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import CoverOverride, FrameKnowledge, Pipeline
from passerby.runs.anonymize.frame_log import as_xywh
from passerby.runs.edit.earlier_copy import known_frames
from passerby.runs.edit.edited import followed_in, planned
from passerby.runs.edit.edits import Dismissal, DrawnCover, Edit, treatments
from passerby.runs.edit.frame_jpeg import frame_jpeg
from passerby.runs.edit.plan import EditPlan
from passerby.runs.edit.track_edits import known_tracks
from passerby.runs.review.frames import BarePlace, DoubtKind, ReviewFrame
from passerby.runs.review.queue import FinishedItem, FinishedRun, read_report
from passerby.sources import open_source
from passerby.sources.seeking import SeekableFile
from passerby.tracking.pixel_following import FollowedPlace
from passerby.types import Frame, Source

__all__ = ["EDITED", "EditSession", "EditedCopy", "edited_copies"]

EDITED = "_edited"
"""The end of the name of a corrected copy, and of that of its report."""
_WAITING = 96
"""Frames of the source that are kept in memory, so that neighbours come at once."""
_CELLS = Strength.parse("8")


@dataclass(frozen=True, slots=True)
class EditedCopy:
    """What is corrected.

    Attributes:
        report: Report of the run that made the copy.
        source: The raw source.
        sha256: Of it.
        copy: The copy as it was made.
        settings: Of the run.
        item: Position of the source in the report.
        alone: Whether the report is about nothing else.
    """

    report: Path
    source: Path
    sha256: str
    copy: Path
    settings: Settings
    item: int = 0
    alone: bool = True

    @property
    def edits_file(self) -> Path:
        """Where its edits stand: beside the report."""
        return self._beside(".edits.toml")

    @property
    def target(self) -> Path:
        """Where the corrected copy is written."""
        return self.copy.with_name(f"{self.copy.stem}{EDITED}{self.copy.suffix}")

    @property
    def target_report(self) -> Path:
        """Where its report is written."""
        return self._beside(f"{EDITED}.json")

    def check(self) -> None:
        """Make sure that the source is what the copy was made of.

        Raises:
            InputError: If it is gone or was changed.
        """
        if not self.source.is_file():
            raise InputError(f"the source {self.source} does not exist: put it back")
        if sha256_of(self.source) != self.sha256:
            raise InputError(
                f"the source {self.source} was changed since {self.report} was written"
            )

    def _beside(self, ending: str) -> Path:
        mine = "" if self.alone else f".{self.item + 1}-{self.copy.stem}"
        return self.report.with_name(f"{self.report.stem}{mine}{ending}")


def edited_copies(report: Path) -> list[EditedCopy]:
    """Find what a report is about: all of its inputs that have a copy.

    Raises:
        InputError: If none has, the copies were corrected already, whose edits would be lost, or
            the only source is gone or changed. Of several sources, those
            that are gone are found out when they are opened.
    """
    run = read_report(report)
    if run.settings.get("run", {}).get("edits") is not None:
        raise InputError(
            f"{report} is about a copy that was corrected already: open the report of the run "
            "before, whose edits lie beside it"
        )
    copies = [
        _copy(report, run, number, item)
        for number, item in enumerate(run.items)
        if item.input.name is not None
        and item.input.sha256 is not None
        and item.output.name is not None
        and "://" not in item.output.name
    ]
    if not copies:
        raise InputError(
            f"{report} names no file that was read and no copy: there is nothing to edit"
        )
    if len(copies) == 1:
        copies[0].check()
    return copies


def _copy(report: Path, run: FinishedRun, number: int, item: FinishedItem) -> EditedCopy:
    name = Path(item.input.name or "")
    found = next((one for one in (name, report.parent / name.name) if one.is_file()), name)
    return EditedCopy(
        report,
        found,
        item.input.sha256 or "",
        Path(item.output.name or ""),
        validated(Settings, run.settings, str(report)),
        number,
        alone=len(run.items) == 1,
    )


class EditSession:
    """Renders covered frames of one copy.

    Args:
        copy: What is corrected.

    Raises:
        InputError: If its report or its source cannot be read.
    """

    def __init__(self, copy: EditedCopy) -> None:
        self._copy = copy
        copy.check()
        self._item: FinishedItem = read_report(copy.report).items[copy.item]
        self._knowledge = known_frames(copy.report, copy.item)
        self._file = SeekableFile(copy.source, len(self._knowledge))
        self._treated = treatments(copy.settings.run)
        cover = copy.settings.cover
        self._pipeline = Pipeline(copy.settings, lambda _image: Detections.none())
        self._regions = ("people",) if cover.preset else cover.regions
        self._doubts = self._item.review
        if "people" in self._regions:  # a head is not all that is covered of people
            self._doubts = tuple(replace(one, places=()) for one in self._doubts)
        self._followed: dict[BoxToFollow, Mapping[int, FollowedPlace]] = {}
        self._planned: tuple[Sequence[Edit], EditPlan, list[FrameKnowledge]] | None = None
        self._opened: Source | None = None
        self._reading: Iterator[Frame] = iter(())
        self._read = -1
        self._near: OrderedDict[int, Frame] = OrderedDict()
        with open_source(copy.source) as source:
            self._medium: Medium = source.medium

    def facts(self) -> dict[str, Any]:
        """What the page has to know: sizes, the review queue, the tracks."""
        return {
            "name": self._copy.source.name,
            "timed": not self._medium.unrelated,
            "sound": self._medium.audio_streams > 0,
            "first": self._knowledge[0].index if self._knowledge else 0,
            "frames": len(self._knowledge),
            "rate": float(self._medium.rate or DEFAULT_RATE),
            "width": self._medium.width,
            "height": self._medium.height,
            "queue": [asdict(one) for one in self._doubts],
        }

    def state(self, edits: Sequence[Edit]) -> dict[str, Any]:
        """What the edits come to: `outcomes`, the tracks, and which doubts they settle."""
        _, knowledge = self._plan(edits)
        dismissed = {(one.frame, one.doubt, one.box) for one in edits if isinstance(one, Dismissal)}
        return {
            "outcomes": self.outcomes(edits),
            "tracks": known_tracks(knowledge, self._item),
            "settled": [
                number
                for number, one in enumerate(self._doubts)
                if _dismissal(one) in dismissed or self._is_settled(one, edits)
            ],
        }

    def close(self) -> None:
        """Let go of the source."""
        if self._opened is not None:
            self._opened.close()
        self._opened, self._reading = None, iter(())

    def dismissals(self, doubts: Sequence[int]) -> list[dict[str, Any]]:
        """What says that doubts were looked at and are left as they are, as edits.

        Raises:
            InputError: If there is no such doubt.
        """
        named = [_dismissal(self._doubt(number)) for number in doubts]
        return [
            {"what": "dismiss", "frame": frame, "doubt": kind, "box": box}
            for frame, kind, box in named
        ]

    def proposed(self, doubt: int, edits: Sequence[Edit]) -> list[dict[str, Any]]:
        """What covers the bare head that a doubt is about, as edits.

        Args:
            doubt: Its number in the queue.
            edits: So far.

        Raises:
            InputError: If there is no such doubt, or it names no place.
        """
        covers = self._proposed(self._doubt(doubt), edits)
        return [one.model_dump(mode="json", exclude_none=True) for one in covers]

    def offer(self, doubt: int, edits: Sequence[Edit]) -> XywhBox:
        """Where what is proposed covers the head in the frame that is in doubt.

        Args and errors are those of `proposed`.
        """
        wanted = self._doubt(doubt)
        covers = self._proposed(wanted, edits)
        plan, _ = self._plan((*edits, *covers))
        number = len(self._treated) + len(edits)
        found = plan.places.get(number, {}).get(wanted.frame)
        return wanted.places[0].box if found is None else as_xywh(found.box.astype(np.float32))

    def _proposed(self, doubt: ReviewFrame, edits: Sequence[Edit]) -> list[DrawnCover]:
        """Covers of all places: the one that is shown, and others that following it misses."""
        if not doubt.places:
            raise InputError("nothing is proposed here: draw a box over who is bare")
        covers: list[DrawnCover] = []
        for place in sorted(doubt.places, key=lambda one: abs(one.frame - doubt.frame)):
            if not covers or not self._hides((*edits, *covers), place.frame, (place.box,)):
                covers.append(_cover(place, doubt.places))
        return covers

    def _doubt(self, number: int) -> ReviewFrame:
        if not 0 <= number < len(self._doubts):
            raise InputError(f"there is no doubt {number}: the last is {len(self._doubts) - 1}")
        return self._doubts[number]

    def _is_settled(self, doubt: ReviewFrame, edits: Sequence[Edit]) -> bool:
        """Whether what edits cover hides all that a doubt is about."""
        if not doubt.places:
            return bool(doubt.boxes) and self._hides(edits, doubt.frame, doubt.boxes)
        lost = doubt.kind == "lost"
        return all(self._hides(edits, one.frame, (one.box,), tracks=lost) for one in doubt.places)

    def _hides(
        self, edits: Sequence[Edit], frame: int, boxes: Sequence[XywhBox], *, tracks: bool = False
    ) -> bool:
        """Whether what edits cover hides boxes in a frame, or what is covered of tracks."""
        plan, knowledge = self._plan(edits)
        position = frame - knowledge[0].index if knowledge else -1
        if not 0 <= position < len(knowledge):
            return False
        one, size = knowledge[position], (self._medium.width, self._medium.height)
        override = plan.override(one.index, one.time, one.known, size)
        areas = [patch.box for cover in override.extra for patch in cover.patches]
        if tracks:  # which may have been joined or lengthened
            covered = one.known[~override.left]
            patches = self._pipeline.anonymizer.patches(covered, *size, one.time)
            areas += [patch.box for patch in patches]
        return override.whole or all(
            any(_holds_middle(area, box) for area in areas) for box in boxes
        )

    def outcomes(self, edits: Sequence[Edit]) -> list[dict[str, Any]]:
        """How far each drawn cover reaches, and what cannot be applied."""
        plan, _ = self._plan(edits)
        return [
            {
                "reach": _span(plan.places.get(number, {})),
                "problem": one.problem,
            }
            for number, one in enumerate(plan.outcomes)
            if number >= len(self._treated)
        ]

    def jpeg(self, index: int, edits: Sequence[Edit]) -> bytes:
        """A frame as the edits leave it, covered, as JPEG.

        Raises:
            InputError: If there is no such frame.
            OutputError: If it cannot be encoded.
        """
        plan, knowledge = self._plan(edits)
        first = knowledge[0].index if knowledge else 0
        if not 0 <= index - first < len(knowledge):
            raise InputError(f"there is no frame {index}: the last is {first + len(knowledge) - 1}")
        one = knowledge[index - first]
        size = self._medium.width, self._medium.height
        override = self._never_bare(plan.override(index, one.time, one.known, size), one)
        frame = self._frame(index)
        return frame_jpeg(self._pipeline.cover_known(frame, one, override).frame)

    def _never_bare(self, override: CoverOverride, one: FrameKnowledge) -> CoverOverride:
        """The same with 8x8 cells over whatever would be bare, by edits or by settings."""
        chosen = self._copy.settings.cover.selection.covers(one.known)
        bare = one.known[override.bare | ~chosen]
        size = self._medium.width, self._medium.height
        patches = tuple(patch for name in self._regions for patch in REGIONS[name](bare, *size))
        cells = (ExtraCover(patches, "pixelate", _CELLS),) if patches else ()
        return CoverOverride(
            override.left, override.bare, (*override.extra, *cells), override.whole
        )

    def _plan(self, edits: Sequence[Edit]) -> tuple[EditPlan, list[FrameKnowledge]]:
        if self._planned is None or list(self._planned[0]) != list(edits):
            plan, knowledge = planned(
                (*self._treated, *edits),
                self._knowledge,
                self._medium,
                self._follow,
                self._copy.settings.cover,
            )
            self._planned = tuple(edits), plan, knowledge
        return self._planned[1], self._planned[2]

    def _follow(self, wanted: Sequence[BoxToFollow]) -> list[Mapping[int, FollowedPlace]]:
        """Follow boxes; what was followed once is remembered."""
        anew = [one for one in wanted if one not in self._followed]
        follow = followed_in(self._file)
        self._followed.update(zip(anew, follow(anew), strict=True))
        return [self._followed[one] for one in wanted]

    def _frame(self, index: int) -> Frame:
        """A raw frame of the source, read from a key frame before it if need be."""
        if index in self._near:
            return self._near[index]
        if not self._read < index <= self._read + _WAITING or self._read < 0:
            self.close()
            self._opened = self._file.open_at(index)
            self._reading = iter(self._opened)
        for frame in self._reading:
            self._read = frame.index
            self._near[frame.index] = frame
            while len(self._near) > _WAITING:
                self._near.popitem(last=False)
            if frame.index == index:
                return frame
        raise InputError(f"{self._copy.source} ends before frame {index}: it was changed")


def _cover(place: BarePlace, places: Sequence[BarePlace]) -> DrawnCover:
    """The cover of a bare head: from where it was seen, as far as where it is seen again."""
    if place.seen is None:
        return DrawnCover(frame=place.frame, box=place.box)
    known = [(one.seen[0], one.frame) for one in places if one.seen is not None]
    first = max((seen for seen, bare in known if seen < bare <= place.frame), default=None)
    last = min((seen for seen, bare in known if seen > bare >= place.frame), default=None)
    return DrawnCover(frame=place.seen[0], box=place.seen[1], first=first, last=last)


def _dismissal(doubt: ReviewFrame) -> tuple[int, DoubtKind, XywhBox | None]:
    """What a doubt is dismissed by."""
    return doubt.frame, doubt.kind, doubt.boxes[0] if doubt.boxes else None


def _holds_middle(area: tuple[int, int, int, int], box: XywhBox) -> bool:
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]


def _span(places: Mapping[int, FollowedPlace]) -> list[int] | None:
    return [min(places), max(places)] if places else None
