"""Frames most worth a human look."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pydantic import FiniteFloat

from passerby.geometry import XywhBox

__all__ = ["ReviewFrame", "clock", "most_urgent_first"]


AROUND = 0.5
"""Seconds that are covered on either side of a moment."""


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
            numbers = ", ".join(map(str, self.tracks))
            parts.append(f"track{'s' if len(self.tracks) > 1 else ''} {numbers}")
        return ", ".join(parts)

    @property
    def cover_option(self) -> str | None:
        """The option of ``passerby anonymize`` that covers this moment; None without a time."""
        if self.time is None:
            return None
        start, end = max(0.0, self.time - AROUND), self.time + AROUND
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
    """Sort by urgency, with all that is said of one frame joined."""
    of_frame: dict[int, list[ReviewFrame]] = {}
    for one in sorted(frames, key=lambda one: (-one.weight, one.frame)):
        of_frame.setdefault(one.frame, []).append(one)
    return [
        replace(
            same[0],
            reason="; ".join(dict.fromkeys(one.reason for one in same)),
            tracks=tuple(dict.fromkeys(track for one in same for track in one.tracks)),
            boxes=tuple(dict.fromkeys(box for one in same for box in one.boxes)),
        )
        for same in of_frame.values()
    ]
