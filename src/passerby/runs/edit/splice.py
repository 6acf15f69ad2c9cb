"""What of an earlier copy stays as it is when its source is edited, and what is encoded anew.

Whole groups of pictures stay in which every cover is as it was. The boxes are those of the copy's
report, so the source is searched no more than the copy was.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Final, NoReturn

import numpy as np

from passerby.anonymization import Anonymizer
from passerby.anonymization.extra_covers import ExtraCover
from passerby.anonymization.patches import Patch
from passerby.detections import Detections
from passerby.errors import PasserbyError
from passerby.files.permit import Permit
from passerby.files.reading import Reading
from passerby.media import Medium
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import (
    CoverOverride,
    FrameKnowledge,
    FrameResult,
    KeptFrame,
    Pipeline,
)
from passerby.runs.anonymize.self_check import EarlierCheck
from passerby.runs.edit.earlier_copy import EarlierCopy
from passerby.runs.edit.edited import followed_in, planned
from passerby.runs.edit.edits import Edit, treatments
from passerby.runs.edit.plan import EditPlan
from passerby.sinks.encoding import Encoding
from passerby.sinks.joining import stored_pictures
from passerby.sinks.splicing import SplicingSink, Stretches
from passerby.sources.seeking import SeekableFile
from passerby.types import Frame

__all__ = ["Splice", "SpliceError"]

SAME_TIME: Final = 1e-5
"""Seconds; the times of a report are rounded to a millionth."""


class SpliceError(PasserbyError):
    """Why a copy is written anew as a whole."""


class Splice:
    """A source that is edited, and the copy of it that was made before.

    Args:
        earlier: That copy.
        settings: Of the run that edits, which are those of the earlier one.
        edits: In the order in which they apply, those of the settings first.
        source: The raw source.
        medium: Of it.
        target: Where the edited copy goes.
        anonymizer: Covers the frames.

    Attributes:
        plan: What the edits do.
        anew: What is encoded anew.

    Raises:
        SpliceError: If nothing of the earlier copy can stay.
        InputError: If the source cannot be read again.
    """

    def __init__(
        self,
        earlier: EarlierCopy,
        settings: Settings,
        edits: Sequence[Edit],
        source: Path,
        medium: Medium,
        target: Path,
        anonymizer: Anonymizer,
    ) -> None:
        _check_joinable(earlier, settings, medium, target)
        self._earlier, self._medium, self._target = earlier, medium, target
        self._reading = Reading(earlier.path)
        try:
            self._times, groups = _stored(earlier, self._reading)
            self._file = SeekableFile(source, len(self._times))
            follow, cover = followed_in(self._file), settings.cover
            known = list(earlier.knowledge)
            before, _ = planned(treatments(settings.run), known, medium, follow, cover)
            self.plan, self._knowledge = planned(edits, known, medium, follow, cover)
            covers = _Covers(anonymizer, settings, (medium.width, medium.height))
            changed = [
                number
                for number, (old, new) in enumerate(zip(known, self._knowledge, strict=True))
                if not covers.are_equal(before, old, self.plan, new)
            ]
            self.anew = _stretches(groups, changed, len(known))
            if self.anew == [(0, len(known))]:
                _refuse("something changes in every group of pictures")
        except BaseException:
            self._reading.close()
            raise
        self._changed = frozenset(one for first, stop in self.anew for one in range(first, stop))

    @property
    def note(self) -> str:
        """What is encoded anew."""
        return (
            f"{len(self._changed)} of {len(self._times)} frames were encoded anew, the others are "
            f"those of {self._earlier.path.name}"
        )

    @property
    def check(self) -> EarlierCheck | None:
        """What the self-check of the earlier copy found in the frames that stay."""
        if self._earlier.checked is None:
            return None
        uncovered, doubtful = self._earlier.checked
        kept = len(self._times) - len(self._changed)
        return EarlierCheck(uncovered, doubtful, self._changed, kept)

    def sink(self, encoding: Encoding, permit: Permit) -> SplicingSink:
        """What writes the copy."""
        return SplicingSink(
            self._target,
            self._medium,
            encoding,
            self._earlier.path,
            self.anew,
            self._times,
            permit,
        )

    def results(self, pipeline: Pipeline) -> Iterator[FrameResult | KeptFrame]:
        """Cover the frames that are encoded anew, and tell of all.

        Args:
            pipeline: Covers them.

        Raises:
            SpliceError: If the source, or the earlier copy, is not what it was.
        """
        size = self._medium.width, self._medium.height
        raw: Iterator[Frame] = iter(())
        for number, one in enumerate(self._knowledge):
            self.plan.observe(one.index, one.time, one.known)
            if number not in self._changed:
                in_full, seen = one.index in self._earlier.in_full, one.known[one.known.seen]
                yield KeptFrame(one.index, one.time, in_full, one.known, seen, one.looked)
                continue
            if number - 1 not in self._changed:
                raw = self._frames(number)
            frame = next(raw, None)
            if frame is None or not _is_at(frame, one):
                raise SpliceError(f"{self._file.path} is not read as it was: frame {one.index}")
            override = self.plan.override(one.index, one.time, one.known, size)
            yield pipeline.cover_known(frame, one, override)
        self._reading.check()

    def close(self) -> None:
        """Let go of the earlier copy."""
        self._reading.close()

    def _frames(self, first: int) -> Iterator[Frame]:
        """The raw frames from one on."""
        with closing(self._file.open_at(first)) as source:
            yield from (frame for frame in source if frame.index >= first)


def _refuse(reason: str) -> NoReturn:
    raise SpliceError(reason)


def _check_joinable(earlier: EarlierCopy, settings: Settings, medium: Medium, target: Path) -> None:
    """Find out why nothing of the earlier copy can stay, as far as can be told before it is read.

    Raises:
        SpliceError: If nothing can.
    """
    wanted, made = settings.model_dump(mode="json"), earlier.settings.model_dump(mode="json")
    unlike = [one for one in ("cover", "find", "time", "write") if wanted[one] != made[one]]
    path, run = earlier.path, earlier.settings.run
    numbers = [one.index for one in earlier.knowledge]
    obstacles = {
        "only videos of one format are joined": medium.kind != "video"
        or target.suffix.lower() != path.suffix.lower(),
        f"other settings are asked for ({', '.join(unlike)})": bool(unlike),
        "groups of pictures of h265 refer to each other": made["write"]["codec"] == "h265",
        "a network draws whole frames": settings.cover.takes_whole_frames,
        "the earlier copy was edited, or is not of the whole source": run.edits is not None
        or run.stretch is not None
        or earlier.status != "done",
        "the earlier copy was made by other versions": not earlier.same_versions,
        "the report of the earlier copy does not list all frames": not numbers
        or numbers != list(range(len(numbers))),
        f"{path} is gone": not path.is_file(),
    }
    for reason, is_met in obstacles.items():
        if is_met:
            _refuse(reason)


def _stored(earlier: EarlierCopy, reading: Reading) -> tuple[Sequence[float], Stretches]:
    """When the frames of the earlier copy are shown, and which groups they form.

    Raises:
        SpliceError: If it is not the copy that the report is about.
    """
    if reading.sha256() != earlier.sha256:
        raise SpliceError(f"{earlier.path} is not the copy that its report names")
    stored = stored_pictures(earlier.path)
    if len(stored.times) != len(earlier.knowledge):
        raise SpliceError(f"{earlier.path} has other frames than its report")
    return stored.times, stored.groups


def _stretches(groups: Stretches, changed: Sequence[int], frames: int) -> list[tuple[int, int]]:
    """The groups with changes, neighbours joined, and whatever belongs to no group."""
    hit = np.zeros(frames, np.bool_)
    hit[list(changed)] = True
    anew = np.ones(frames, np.bool_)
    for first, stop in groups:
        anew[first:stop] = hit[first:stop].any()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], anew, [False]])))
    return [(int(first), int(stop)) for first, stop in pairwise(edges)][::2]


def _is_at(frame: Frame, one: FrameKnowledge) -> bool:
    if frame.index != one.index or frame.time is None or one.time is None:
        return frame.index == one.index and frame.time is one.time
    return abs(frame.time - one.time) <= SAME_TIME


class _Covers:
    """Compares what is covered in a frame under two plans."""

    def __init__(self, anonymizer: Anonymizer, settings: Settings, size: tuple[int, int]) -> None:
        self._anonymizer, self._size = anonymizer, size
        self._selection = settings.cover.selection

    def are_equal(
        self, old_plan: EditPlan, old: FrameKnowledge, new_plan: EditPlan, new: FrameKnowledge
    ) -> bool:
        """Whether the same pixels are covered in the same way."""
        mine = old_plan.override(old.index, old.time, old.known, self._size)
        theirs = new_plan.override(new.index, new.time, new.known, self._size)
        if mine.whole != theirs.whole or old.known.failure != new.known.failure:
            return False
        if not _same_extra(mine.extra, theirs.extra):
            return False
        one, other = self._covered(old.known, mine), self._covered(new.known, theirs)
        same_boxes = (
            len(one) == len(other)
            and (one.boxes == other.boxes).all()
            and (one.kinds == other.kinds).all()
            and (one.margins == other.margins).all()
        )
        return bool(same_boxes) or _same_patches(
            self._patches(one, old.time), self._patches(other, new.time)
        )

    def _covered(self, known: Detections, override: CoverOverride) -> Detections:
        return known[self._selection.covers(known) & ~override.left]

    def _patches(self, found: Detections, time: float | None) -> list[Patch]:
        return self._anonymizer.patches(found, *self._size, time)


def _same_extra(one: Sequence[ExtraCover], other: Sequence[ExtraCover]) -> bool:
    return len(one) == len(other) and all(
        (mine.operator, mine.strength) == (theirs.operator, theirs.strength)
        and _same_patches(mine.patches, theirs.patches)
        for mine, theirs in zip(one, other, strict=True)
    )


def _same_patches(one: Sequence[Patch], other: Sequence[Patch]) -> bool:
    return len(one) == len(other) and all(
        mine.box == theirs.box and _same_mask(mine, theirs)
        for mine, theirs in zip(one, other, strict=True)
    )


def _same_mask(one: Patch, other: Patch) -> bool:
    if one.mask is None or other.mask is None:
        return one.mask is other.mask
    return bool((one.mask == other.mask).all())
