"""Frames most worth a human look."""

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from pydantic import FiniteFloat

from passerby.geometry import XywhBox

__all__ = ["APART_SECONDS", "ReviewFrame", "clock", "most_urgent_first"]

APART_SECONDS = 1.0
"""Frames of one output that are closer to each other may show the same; then one is shown."""


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
    """

    frame: int
    time: FiniteFloat | None
    reason: str
    weight: FiniteFloat
    tracks: tuple[int, ...] = ()
    boxes: tuple[XywhBox, ...] = ()

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
    """Sort by urgency, with all that is said of one frame joined.

    If several things are said of it, each says of which tracks.
    """
    of_frame: dict[int, list[ReviewFrame]] = {}
    for one in sorted(frames, key=lambda one: (-one.weight, one.frame)):
        of_frame.setdefault(one.frame, []).append(one)
    return [
        replace(
            same[0],
            reason="; ".join(_reasons(same)),
            tracks=tuple(dict.fromkeys(track for one in same for track in one.tracks)),
            boxes=tuple(dict.fromkeys(box for one in same for box in one.boxes)),
        )
        for same in of_frame.values()
    ]


def _reasons(same: Iterable[ReviewFrame]) -> Iterator[str]:
    """All that is said of a frame, each thing once."""
    tracks_of: dict[str, dict[int, None]] = {}
    for one in same:
        tracks_of.setdefault(one.reason, {}).update(dict.fromkeys(one.tracks))
    for reason, tracks in tracks_of.items():
        yield f"{reason} ({_named(tracks)})" if tracks and len(tracks_of) > 1 else reason


def _named(tracks: Collection[int]) -> str:
    return f"track{'s' if len(tracks) > 1 else ''} {', '.join(map(str, tracks))}"
