"""Frames most worth a human look."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import FiniteFloat

from passerby.geometry import XywhBox

__all__ = [
    "APART_SECONDS",
    "BarePlace",
    "DoubtKind",
    "ReviewFrame",
    "clock",
    "most_urgent_first",
]

APART_SECONDS = 1.0
"""Frames of one output that are closer to each other may show the same; then one is shown."""

NEAR_FRAMES = 5
"""Places of bare heads in frames that are no farther apart may be of one head ..."""
NEAR_HEADS = 1.0
"""... if they are no farther apart than this, in sizes of the larger one."""

DoubtKind = Literal[
    "uncovered", "maybe uncovered", "lost", "failed", "weak", "gap", "still", "edited", "other"
]
"""What a frame is in doubt for: a bare head that the self-check found, for certain or perhaps; one
that was lost amid the picture; a failure; tracks that were seen rarely or badly, or not for long;
one that never moves; a cover that ended by an edit."""


@dataclass(frozen=True, slots=True)
class BarePlace:
    """Where a head is bare in a frame, or may be.

    Attributes:
        frame: Number of the frame, from 0.
        box: Left, top, width, height in pixels.
        seen: The frame before in which it was seen last, or after in which it was seen first, and
            its box there; None if it was never seen covered.
    """

    frame: int
    box: XywhBox
    seen: tuple[int, XywhBox] | None = None


@dataclass(frozen=True, slots=True)
class ReviewFrame:
    """A frame most worth a human look.

    Attributes:
        frame: Its number, from 0.
        time: In seconds, or None where time means nothing.
        reason: Why, in a few words.
        weight: How urgent, 0-1.
        tracks: The tracks it is about.
        boxes: Whom it is about: left, top, width, height in pixels.
        kind: What sort of doubt it is.
        places: Where the head is bare, or may be, in this frame and in others.
    """

    frame: int
    time: FiniteFloat | None
    reason: str
    weight: FiniteFloat
    tracks: tuple[int, ...] = ()
    boxes: tuple[XywhBox, ...] = ()
    kind: DoubtKind = "other"
    places: tuple[BarePlace, ...] = ()

    @property
    def place(self) -> str:
        """Which frame it is, when, and which tracks it is about."""
        parts = [f"frame {self.frame} (from 0)"]
        if self.time is not None:
            parts.append(clock(self.time))
        if self.tracks:
            parts.append(_named(self.tracks))
        return ", ".join(parts)

    @property
    def cover_option(self) -> str | None:
        """The option of ``passerby anonymize`` that covers this moment and what it stands for.

        None without a time.
        """
        if self.time is None:
            return None
        hundredths = round(100 * self.time, 6)  # 348.00000000000006 is no more than 348
        start = max(0.0, math.floor(hundredths) / 100 - APART_SECONDS)
        end = math.ceil(hundredths) / 100 + APART_SECONDS
        return f"--cover-time {start:.2f}-{end:.2f}"


def clock(seconds: float) -> str:
    """A time as a player shows it, in hundredths of a second.

    Example:
        >>> clock(72.5), clock(3661)
        ('1:12.50', '1:01:01.00')
    """
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6_000)
    hours, minutes = divmod(minutes, 60)
    shown = f"{rest // 100:02}.{rest % 100:02}"
    return f"{hours}:{minutes:02}:{shown}" if hours else f"{minutes}:{shown}"


def most_urgent_first(frames: Iterable[ReviewFrame]) -> list[ReviewFrame]:
    """Sort by urgency, with all that is said of one head joined.

    Bare heads are one if they are near each other in neighbouring frames. What else is said of a
    track is added to the most urgent doubt about it. What is about no track is joined by frame. If
    several things are said, each says of which tracks.
    """
    groups: list[list[ReviewFrame]] = []
    of_track: dict[int, int] = {}
    of_frame: dict[int, int] = {}
    bare: dict[int, list[tuple[BarePlace, int]]] = {}
    for one in sorted(frames, key=lambda one: (-one.weight, one.frame)):
        if one.places:
            group = _bare_already(one.places, bare)
        elif one.tracks:
            group = next((of_track[track] for track in one.tracks if track in of_track), None)
        else:
            group = of_frame.get(one.frame)
        if group is None:
            group = len(groups)
            groups.append([])
        groups[group].append(one)
        for place in one.places:
            bare.setdefault(place.frame, []).append((place, group))
        for track in one.tracks:
            of_track.setdefault(track, group)
        if not one.places and not one.tracks:
            of_frame[one.frame] = group
    return [_joined(group) for group in groups]


def _bare_already(
    places: Iterable[BarePlace], known: Mapping[int, Sequence[tuple[BarePlace, int]]]
) -> int | None:
    """The group that has one of these places already."""
    for place in places:
        for frame in range(place.frame - NEAR_FRAMES, place.frame + NEAR_FRAMES + 1):
            for other, group in known.get(frame, ()):
                if _is_near(place.box, other.box):
                    return group
    return None


def _is_near(one: XywhBox, other: XywhBox) -> bool:
    across = (one[0] - other[0]) + (one[2] - other[2]) / 2
    down = (one[1] - other[1]) + (one[3] - other[3]) / 2
    return math.hypot(across, down) <= NEAR_HEADS * max(*one[2:], *other[2:])


def _joined(same: Sequence[ReviewFrame]) -> ReviewFrame:
    """One frame for all that is said of a head: the most urgent one."""
    places = {place.frame: place for one in reversed(same) for place in one.places}
    return replace(
        same[0],
        reason="; ".join(_reasons(same)),
        tracks=tuple(dict.fromkeys(track for one in same for track in one.tracks)),
        boxes=tuple(
            dict.fromkeys(box for one in same if one.frame == same[0].frame for box in one.boxes)
        ),
        places=tuple(places[frame] for frame in sorted(places)),
    )


def _reasons(same: Iterable[ReviewFrame]) -> Iterator[str]:
    """All that is said of a frame, each thing once."""
    tracks_of: dict[str, dict[int, None]] = {}
    for one in same:
        tracks_of.setdefault(one.reason, {}).update(dict.fromkeys(one.tracks))
    for reason, tracks in tracks_of.items():
        yield f"{reason} ({_named(tracks)})" if tracks and len(tracks_of) > 1 else reason


def _named(tracks: Collection[int]) -> str:
    return f"track{'s' if len(tracks) > 1 else ''} {', '.join(map(str, tracks))}"
