"""What the edits of a source mean for each of its frames."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from passerby.anonymization.extra_covers import ExtraCover, weakness_of_covers
from passerby.anonymization.patches import Patch, patches_of_boxes
from passerby.anonymization.regions import REGIONS, Fitting
from passerby.anonymization.zones import Zone, zone_patches
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError
from passerby.pipeline.stages import CoverOverride
from passerby.runs.edit.edits import (
    CoveredTime,
    DrawnCover,
    Edit,
    EditBox,
    MovingCover,
    MutedTime,
    Removal,
    Treatment,
)
from passerby.runs.review.frames import ReviewFrame
from passerby.tracking.pixel_following import FollowedPlace
from passerby.tracking.selection import holds_centre

__all__ = ["EditOutcome", "EditPlan"]

LEFT_BY_EDIT = "an edit leaves somebody or something uncovered"


@dataclass(slots=True)
class EditOutcome:
    """What became of one edit.

    Attributes:
        edit: The edit.
        first, last: First and last frame that it changed, from 0; None if it changed none.
        frames: How many it changed.
        refused: Frames in which a removal was refused, because another head is there.
        problem: Why it could not be applied, if it could not.
        ends: Frames beyond which what was drawn could not be followed.
    """

    edit: Edit
    first: int | None = None
    last: int | None = None
    frames: int = 0
    refused: int = 0
    problem: str | None = None
    ends: tuple[int, ...] = ()

    def note(self, frame: int) -> None:
        """Note that it changed a frame."""
        self.first = frame if self.first is None else min(self.first, frame)
        self.last = frame if self.last is None else max(self.last, frame)
        self.frames += 1


@dataclass(slots=True)
class EditPlan:
    """What is done to each frame of one source.

    Attributes:
        outcomes: Of all edits, in order.
        places: Where each drawn box was followed to, by the position of its edit.
        fitting: How covers of heads are cut.
        regions: What is covered of a person where an edit does not say it.
    """

    outcomes: Sequence[EditOutcome]
    places: Mapping[int, Mapping[int, FollowedPlace]] = field(default_factory=dict)
    fitting: Fitting = field(default_factory=Fitting)
    regions: tuple[str, ...] = ("heads",)

    @property
    def weakness(self) -> str | None:
        """Why people may be recognised in the copy because of edits, if they may."""
        edits = [one.edit for one in self.outcomes]
        bare = any(
            isinstance(one, Removal) or (isinstance(one, Treatment) and one.visible)
            for one in edits
        )
        treated = [one for one in edits if isinstance(one, Treatment) and one.operator]
        covers = [ExtraCover((), one.operator, one.parsed_strength) for one in treated]
        return LEFT_BY_EDIT if bare else weakness_of_covers(covers)

    @property
    def problems(self) -> tuple[str, ...]:
        """Why edits could not be applied, those that could not."""
        return tuple(one.problem for one in self.outcomes if one.problem is not None)

    def override(
        self, index: int, time: float | None, known: Detections, size: tuple[int, int]
    ) -> CoverOverride:
        """What the edits say of a frame.

        Args:
            index: Number of the frame, from 0.
            time: Of the frame in seconds, or None.
            known: What is known of it.
            size: Its width and height.
        """
        left, bare = np.zeros(len(known), np.bool_), self._removed(index, known)
        extra: list[ExtraCover] = []
        whole = False
        for number, outcome in enumerate(self.outcomes):
            edit = outcome.edit
            if isinstance(edit, CoveredTime):
                whole |= time is None or time in edit.span
            elif isinstance(edit, Treatment):
                mine = known.tracks == edit.track
                left |= mine
                if edit.visible:
                    bare |= mine
                else:
                    extra.append(self._treated(edit, known[mine], size))
            elif isinstance(edit, DrawnCover):
                extra += self._drawn(number, edit, index, size)
            elif isinstance(edit, MovingCover):
                try:
                    extra += moved_cover(edit, index, size)
                except ConfigError:  # its corners lie on one line here
                    whole = True
        return CoverOverride(left | bare, bare, tuple(one for one in extra if one.patches), whole)

    def observe(self, index: int, time: float | None, known: Detections) -> None:
        """Note which edits change a frame, for the report.

        Args:
            index: Number of the frame, from 0.
            time: Of the frame in seconds, or None.
            known: What is known of it.
        """
        removed = self._removed(index, known)
        for number, outcome in enumerate(self.outcomes):
            edit = outcome.edit
            if isinstance(edit, Removal):
                mine = _chosen(edit, index, known)
                outcome.refused += bool((mine & ~removed).any())
                if (mine & removed).any():
                    outcome.note(index)
            elif (
                (isinstance(edit, CoveredTime | MutedTime) and (time is None or time in edit.span))
                or (isinstance(edit, Treatment) and (known.tracks == edit.track).any())
                or (isinstance(edit, DrawnCover) and self._place(number, edit, index) is not None)
                or (isinstance(edit, MovingCover) and _is_between(edit, index))
            ):
                outcome.note(index)

    def review(self, rate: float) -> list[ReviewFrame]:
        """Frames worth a look because of the edits.

        Args:
            rate: Frames a second.
        """
        return [
            ReviewFrame(
                frame,
                frame / rate,
                f"the cover drawn in frame {one.edit.frame} could not be followed beyond this",
                0.5,
                kind="edited",
            )
            for one in self.outcomes
            if isinstance(one.edit, DrawnCover)
            for frame in one.ends
        ]

    def _removed(self, index: int, known: Detections) -> npt.NDArray[np.bool_]:
        """Which boxes all removals take away: none of them if another head is there."""
        chosen = np.zeros(len(known), np.bool_)
        for outcome in self.outcomes:
            if isinstance(outcome.edit, Removal):
                chosen |= _chosen(outcome.edit, index, known)
        heads = np.isin(known.kinds, (Kind.HEAD, Kind.FACE)) & ~chosen
        if not chosen.any() or not heads.any():
            return chosen
        for number in np.flatnonzero(chosen):
            box = known.boxes[number : number + 1]
            if any(holds_centre(box, head)[0] for head in known.boxes[heads]):
                chosen[number] = False
        return chosen

    def _treated(self, edit: Treatment, mine: Detections, size: tuple[int, int]) -> ExtraCover:
        names = edit.regions or self.regions
        patches = [patch for name in names for patch in REGIONS[name](mine, *size, self.fitting)]
        return ExtraCover(tuple(patches), edit.operator, edit.parsed_strength)

    def _place(self, number: int, edit: DrawnCover, index: int) -> FollowedPlace | None:
        """Where what was drawn is in a frame; None where it is not."""
        if edit.follow:
            return self.places.get(number, {}).get(index)
        first = edit.frame if edit.first is None else edit.first
        last = edit.frame if edit.last is None else edit.last
        return (
            FollowedPlace(_corners(edit.box), 0.0, found=True) if first <= index <= last else None
        )

    def _drawn(
        self, number: int, edit: DrawnCover, index: int, size: tuple[int, int]
    ) -> list[ExtraCover]:
        place = self._place(number, edit, index)
        if place is None:
            return []
        box = place.box + place.margin * np.array([-1, -1, 1, 1])
        elliptic = edit.shape == "ellipse" and place.found
        return [ExtraCover(_box_patches(box, size, elliptic=elliptic))]


def moved_cover(edit: MovingCover, index: int, size: tuple[int, int]) -> list[ExtraCover]:
    """Where a moving cover is in a frame: on the straight line between its key frames.

    Args:
        edit: The cover.
        index: Number of the frame, from 0.
        size: Width and height of the frame.

    Raises:
        ConfigError: If the corners of its zone lie on one line there.
    """
    if not _is_between(edit, index):
        return []
    frames = [key.frame for key in edit.keys]
    shapes = [
        key.box if key.corners is None else [number for corner in key.corners for number in corner]
        for key in edit.keys
    ]
    values = np.array(shapes, np.float64)
    now = np.array([np.interp(index, frames, column) for column in values.T])
    if edit.keys[0].corners is None:
        return [ExtraCover(_box_patches(_corners(now), size, elliptic=edit.shape == "ellipse"))]
    polygon = tuple((float(x), float(y)) for x, y in now.reshape(-1, 2))
    return [ExtraCover(tuple(zone_patches([Zone(polygon)], [], *size)))]


def _is_between(edit: MovingCover, index: int) -> bool:
    return edit.keys[0].frame <= index <= edit.keys[-1].frame


def _chosen(edit: Removal, index: int, known: Detections) -> npt.NDArray[np.bool_]:
    """Which boxes of a frame a removal means; at a place none if there are several people."""
    none = np.zeros(len(known), np.bool_)
    if (edit.first is not None and index < edit.first) or (
        edit.last is not None and index > edit.last
    ):
        return none
    if edit.place is None:
        mine: npt.NDArray[np.bool_] = known.tracks == edit.track
        return mine
    place = _corners(edit.place).astype(np.float32)[None]
    inside = np.array([holds_centre(place, box)[0] for box in known.boxes], np.bool_)
    if not inside.any():
        return none
    _, of_kind = np.unique(known.kinds[inside], return_counts=True)
    is_one = len(np.unique(known.tracks[inside])) == 1 and of_kind.max() == 1
    return inside if is_one else none


def _corners(box: EditBox | npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    left, top, width, height = (float(one) for one in box)
    return np.array([left, top, left + width, top + height])


def _box_patches(
    box: npt.NDArray[np.float64], size: tuple[int, int], *, elliptic: bool
) -> tuple[Patch, ...]:
    patches = patches_of_boxes(box[None], np.array([-1]), *size, elliptic=elliptic)
    return tuple(patches)
