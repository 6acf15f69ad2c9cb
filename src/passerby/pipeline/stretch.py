"""Which frames lie in the stretch of a video that is written."""

from dataclasses import replace
from fractions import Fraction

from passerby.media import Medium, Stretch
from passerby.time_range import TimeRange
from passerby.types import AnonymizedFrame

__all__ = ["cut_from", "is_after", "is_within", "notes_on_end", "part_range"]

_ROUNDING = 1e-6
"""Seconds by which a written time may miss that of the frame that is meant."""

_MEETING = 1.0
"""Seconds before its first frame that a part of a long video is covered, too. These frames are not
written; the part before has them as well, which tells whose tracks are the same."""


def part_range(medium: Medium) -> TimeRange | None:
    """Which frames of a part of a long video are covered; None for a source that is whole."""
    part = medium.stretch
    if part is None:
        return None
    end = None if part.end is None else float(part.end)
    return TimeRange(max(0.0, float(part.begin) - _MEETING), end)


def is_within(stretch: TimeRange | None, time: float | None) -> bool:
    """Whether a frame is written: not before the beginning, and before the end.

    Args:
        stretch: The stretch; None for all of the video.
        time: Of the frame, in seconds since the first.

    Example:
        >>> [is_within(TimeRange(1, 2), time) for time in (0.96, 1.0, 1.96, 2.0)]
        [False, True, True, False]
    """
    if stretch is None or time is None:
        return True
    return time >= stretch.start - _ROUNDING and not is_after(stretch, time)


def is_after(stretch: TimeRange | None, time: float | None) -> bool:
    """Whether a frame comes after the end of the stretch; see `is_within`."""
    if stretch is None or stretch.end is None or time is None:
        return False
    return time >= stretch.end - _ROUNDING


def cut_from(first: AnonymizedFrame, wanted: TimeRange, medium: Medium) -> Medium:
    """What a sink has to know of a source of which a stretch is written.

    Args:
        first: The first frame of the stretch.
        wanted: When it was to begin and to end.
        medium: Of the source.
    """
    begin = Fraction(0)
    if first.pts is not None and first.time_base is not None:
        begin = first.pts * first.time_base
    ends = [medium.duration] if medium.duration is not None else []
    if wanted.end is not None:
        ends.append(Fraction(wanted.end).limit_denominator(1_000_000))
    end = min(ends, default=None)
    length = None if end is None else end - begin
    return replace(medium, stretch=Stretch(first.index, begin, end), duration=length)


def notes_on_end(medium: Medium | None, wanted: TimeRange | None) -> tuple[str, ...]:
    """What the user should know about the end of a stretch, if there is anything."""
    if medium is None or medium.duration is None or wanted is None or wanted.end is None:
        return ()
    length = float(medium.duration)
    if wanted.end <= length + 1e-3:
        return ()
    return (f"the video ends at {length:.2f} s, before the end of the stretch (--to)",)
