"""Frames most worth a human look."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pydantic import FiniteFloat

from passerby.geometry import XywhBox

__all__ = ["ReviewFrame", "most_urgent_first"]


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
