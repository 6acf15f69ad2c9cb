"""What a person may correct in an anonymized copy, one model each; unknown keys are refused."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from passerby.anonymization.extra_covers import ExtraCover
from passerby.anonymization.regions import REGIONS, Shape
from passerby.anonymization.strength import Strength
from passerby.anonymization.zones import Zone
from passerby.config import validated
from passerby.errors import ConfigError
from passerby.pipeline.settings import RunSettings
from passerby.runs.review.frames import DoubtKind
from passerby.time_range import TimeRange

__all__ = [
    "CoveredTime",
    "Dismissal",
    "DrawnCover",
    "Edit",
    "EditedSource",
    "EditsFile",
    "KeyFrame",
    "Lengthening",
    "MovingCover",
    "MutedTime",
    "Removal",
    "Splitting",
    "TrackJoin",
    "Treatment",
    "treatments",
]

_FrameNumber = Annotated[int, Field(ge=0)]
_TrackNumber = Annotated[int, Field(ge=0)]
_Coordinate = Annotated[float, Field(ge=-100_000, le=100_000, allow_inf_nan=False)]
_Side = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
EditBox = tuple[_Coordinate, _Coordinate, _Side, _Side]
"""Left, top, width, height in pixels, as in reports."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Edit(_Strict):
    """An edit.

    Attributes:
        by: Who made it.
        when: When, with its time zone.
    """

    by: str | None = Field(default=None, max_length=200)
    when: datetime | None = None

    def _in_order(self, first: int | None, last: int | None) -> None:
        if first is not None and last is not None and last < first:
            raise ValueError(f"the last frame {last} comes before the first, {first}")


class DrawnCover(_Edit):
    """Cover what was missed: a box drawn in one frame, followed through those around it.

    Attributes:
        frame: In which it was drawn.
        box: Where.
        shape: What of the box is covered.
        follow: Whether it moves with what is in it; otherwise it stays where it is, and needs
            ``first`` and ``last``, or covers its one frame.
        first, last: Frames beyond which nothing is covered.
    """

    what: Literal["cover"] = "cover"
    frame: _FrameNumber
    box: EditBox
    shape: Shape = "ellipse"
    follow: bool = True
    first: _FrameNumber | None = None
    last: _FrameNumber | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        self._in_order(self.first, self.frame)
        self._in_order(self.frame, self.last)
        return self


class KeyFrame(_Strict):
    """Where a moving cover is in one frame: a box, or the corners of a zone in pixels."""

    frame: _FrameNumber
    box: EditBox | None = None
    corners: tuple[tuple[_Coordinate, _Coordinate], ...] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.box is None) == (self.corners is None):
            raise ValueError("a key frame has either a box or corners")
        if self.corners is not None:
            try:
                Zone(self.corners)
            except ConfigError as error:
                raise ValueError(str(error)) from None
        return self


class MovingCover(_Edit):
    """Cover a place that moves between key frames, from the first of them to the last.

    Attributes:
        keys: At least one, in order.
        shape: What of a box is covered.
    """

    what: Literal["move"] = "move"
    keys: tuple[KeyFrame, ...] = Field(min_length=1)
    shape: Shape = "box"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        frames = [key.frame for key in self.keys]
        if frames != sorted(set(frames)):
            raise ValueError("key frames must be in order, each frame once")
        if len({None if key.corners is None else len(key.corners) for key in self.keys}) > 1:
            raise ValueError("key frames must all have boxes, or all the same number of corners")
        return self


class Removal(_Edit):
    """Take a false cover away: that of a track, or the only one at a place.

    Attributes:
        track: Whose cover.
        place: Where its box has its centre, if it has no number.
        first, last: In these frames; a place needs both.
    """

    what: Literal["remove"] = "remove"
    track: _TrackNumber | None = None
    place: EditBox | None = None
    first: _FrameNumber | None = None
    last: _FrameNumber | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.track is None) == (self.place is None):
            raise ValueError("a removal names either a track or a place")
        if self.place is not None and (self.first is None or self.last is None):
            raise ValueError("a removal at a place needs its first and its last frame")
        self._in_order(self.first, self.last)
        return self


class Lengthening(_Edit):
    """Cover somebody longer: from an earlier frame on, up to a later one, or both."""

    what: Literal["lengthen"] = "lengthen"
    track: _TrackNumber
    first: _FrameNumber | None = None
    last: _FrameNumber | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.first is None and self.last is None:
            raise ValueError("say from which first frame on, or up to which last one")
        self._in_order(self.first, self.last)
        return self


class TrackJoin(_Edit):
    """Make one track of several, under the number of the first; the gaps between are covered."""

    what: Literal["join"] = "join"
    tracks: tuple[_TrackNumber, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(set(self.tracks)) < len(self.tracks):
            raise ValueError("a track is joined with others, not with itself")
        return self


class Splitting(_Edit):
    """Make two tracks of one.

    Attributes:
        track: Which.
        frame: First frame of the new one.
        number: Of the new one; it must be free.
    """

    what: Literal["split"] = "split"
    track: _TrackNumber
    frame: _FrameNumber
    number: _TrackNumber


class Treatment(_Edit):
    """Cover one track otherwise than the rest, or leave it visible.

    Attributes:
        track: Which.
        visible: Leave it uncovered.
        regions, operator, strength: What is covered of it, and how; by default as of the rest.
    """

    what: Literal["treat"] = "treat"
    track: _TrackNumber
    visible: bool = False
    regions: tuple[str, ...] = ()
    operator: str | None = None
    strength: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.visible == bool(self.regions or self.operator or self.strength):
            raise ValueError("say either visible, or regions or an operator")
        if self.strength is not None and self.operator is None:
            raise ValueError("a strength needs its operator")
        try:
            for name in self.regions:
                REGIONS[name]
            ExtraCover((), self.operator, self.parsed_strength)
        except ConfigError as error:
            raise ValueError(str(error)) from None
        return self

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``--treat`` says: ``3:visible``, ``3:people`` or ``3:heads:pixelate:15px``.

        Raises:
            ConfigError: If it says nothing that can be done.

        Example:
            >>> Treatment.parse("3:people:pixelate:15px").operator
            'pixelate'
        """
        number, *how = (part.strip() for part in text.split(":"))
        if not number.isdecimal() or not 1 <= len(how) <= 3 or not all(how):
            raise ConfigError(
                f"cannot read the treatment {text!r}: write 3:visible, 3:people or "
                "3:heads:pixelate:15px"
            )
        named = dict(zip(("regions", "operator", "strength"), how, strict=False))
        values: dict[str, Any] = {"track": int(number), **named}
        if values.pop("regions") == "visible":
            values["visible"] = True
        else:
            values["regions"] = [name.strip() for name in how[0].split(",")]
        return validated(cls, values, f"--treat {text}")

    @property
    def parsed_strength(self) -> Strength | None:
        """The strength as a value."""
        return None if self.strength is None else Strength.parse(self.strength)


class _TimeEdit(_Edit):
    """What is done to a span of time, such as 0:10-1:05."""

    time: str

    @model_validator(mode="after")
    def _fits(self) -> Self:
        try:
            TimeRange.parse(self.time)
        except ConfigError as error:
            raise ValueError(str(error)) from None
        return self

    @property
    def span(self) -> TimeRange:
        """The span as a value."""
        return TimeRange.parse(self.time)


class CoveredTime(_TimeEdit):
    """Cover a span of time whole, as ``--cover-time`` does."""

    what: Literal["cover_time"] = "cover_time"


class MutedTime(_TimeEdit):
    """Silence the sound in a span of time, if it is kept, as ``--mute-span`` does."""

    what: Literal["mute"] = "mute"


class Dismissal(_Edit):
    """Somebody looked at what was in doubt and leaves it as it is; no pixel changes.

    Attributes:
        frame: That was in doubt.
        doubt: The kind of doubt.
        box: Whom it was about, if it was about somebody.
    """

    what: Literal["dismiss"] = "dismiss"
    frame: _FrameNumber
    doubt: DoubtKind
    box: EditBox | None = None


Edit = Annotated[
    DrawnCover
    | MovingCover
    | Removal
    | Lengthening
    | TrackJoin
    | Splitting
    | Treatment
    | CoveredTime
    | MutedTime
    | Dismissal,
    Field(discriminator="what"),
]


def treatments(run: RunSettings) -> tuple[Treatment, ...]:
    """What ``--treat`` says, as edits.

    Raises:
        ConfigError: If it says nothing that can be done.
    """
    return tuple(Treatment.parse(text) for text in run.treat)


class EditedSource(_Strict):
    """The file that edits are for.

    Attributes:
        sha256: Of the raw source, in hexadecimal.
        frames: How many it has, if that is known.
        name: What it was called, for people.
    """

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    frames: int | None = Field(default=None, ge=1)
    name: str | None = None


class EditsFile(_Strict):
    """All edits of one source, in the order in which they apply.

    Attributes:
        edits: Version of the format.
        source: What they are for.
        edit: The edits.
    """

    edits: Literal[1] = 1
    source: EditedSource
    edit: tuple[Edit, ...] = Field(default=(), max_length=10_000)
