"""Tracks over time, drawn: a lane a camera, a bar a track, so that none hides another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from passerby.store.browsing import ListedTrack
from passerby.store.times import SECOND

__all__ = ["TimeTick", "TimelineBar", "TimelineLane", "TrackTimeline", "time_ticks", "timeline_of"]

_NAME = 22
_BAR = 14
_MOST_ROWS = 4
"""Rows of a lane: with more people at a time than this, bars lie upon each other."""
_LEAST_WIDTH = 0.5
_MOST_TICKS = 6
_STEPS = [
    timedelta(seconds=number)
    for number in (
        *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200),
        *(86_400, 172_800, 604_800, 2_592_000, 31_536_000),
    )
]


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """A track on the timeline.

    Attributes:
        entry: The track.
        x, width: Percent of the drawing's width.
        y: Pixels.
    """

    entry: ListedTrack
    x: float
    width: float
    y: int


@dataclass(frozen=True, slots=True)
class TimelineLane:
    """A camera on the timeline.

    Attributes:
        camera: Its name.
        y: Where it begins, in pixels.
        height: Likewise.
    """

    camera: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class TimeTick:
    """A time below the timeline.

    Attributes:
        x: Percent of the drawing's width.
        label: The time, in the zone of the site.
    """

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class TrackTimeline:
    """What is drawn.

    Attributes:
        lanes, bars, ticks: From top to bottom.
        height: Pixels.
        first, last: What it spans, microseconds of UTC.
    """

    lanes: tuple[TimelineLane, ...]
    bars: tuple[TimelineBar, ...]
    ticks: tuple[TimeTick, ...]
    height: int
    first: int
    last: int


def timeline_of(
    tracks: Sequence[ListedTrack], cameras: Sequence[str], zone: ZoneInfo
) -> TrackTimeline:
    """Lay out tracks.

    Args:
        tracks: One at least.
        cameras: Those that are shown, in order; of others nothing is drawn.
        zone: Of the times.
    """
    first = min(one.track.began for one in tracks)
    last = max(first + SECOND, *(one.track.ended for one in tracks))
    scale = 100 / (last - first)
    y = 0
    lanes: list[TimelineLane] = []
    bars: list[TimelineBar] = []
    for camera in cameras:
        own = sorted(
            (one for one in tracks if one.track.camera == camera), key=lambda one: one.track.began
        )
        rows = _rows(own)
        for one, row in zip(own, rows, strict=True):
            width = max((one.track.ended - one.track.began) * scale, _LEAST_WIDTH)
            x = min((one.track.began - first) * scale, 100 - width)
            bars.append(TimelineBar(one, round(x, 2), round(width, 2), y + _NAME + row * _BAR))
        height = _NAME + _BAR * (max(rows, default=0) + 1) + 8
        lanes.append(TimelineLane(camera, y, height))
        y += height
    return TrackTimeline(
        tuple(lanes), tuple(bars), time_ticks(first, last, zone), y + 24, first, last
    )


def time_ticks(first: int, last: int, zone: ZoneInfo) -> tuple[TimeTick, ...]:
    """Round times of a zone between two moments, six at most.

    Args:
        first: Microseconds of UTC.
        last: Likewise.
        zone: Whose clocks show round times.
    """
    span = timedelta(microseconds=last - first)
    step = next((one for one in _STEPS if span / one < _MOST_TICKS), _STEPS[-1])
    form = "%H:%M:%S" if step < timedelta(minutes=1) else "%H:%M"
    form = "%d %b" if step >= timedelta(days=1) else form
    began = datetime.fromtimestamp(first / SECOND, zone).replace(tzinfo=None)
    midnight = began.replace(hour=0, minute=0, second=0, microsecond=0)
    clock = midnight + step * -(-(began - midnight) // step)
    ticks: dict[float, TimeTick] = {}  # in a night when clocks are put forward, two are one
    for _ in range(_MOST_TICKS + 2):
        at = clock.replace(tzinfo=zone).timestamp() * SECOND
        if first <= at <= last:
            x = round(100 * (at - first) / (last - first), 2)
            shown = datetime.fromtimestamp(at / SECOND, zone)
            ticks[x] = TimeTick(x, f"{shown:{form}}")
        clock += step
    return tuple(ticks.values())


def _rows(tracks: Sequence[ListedTrack]) -> list[int]:
    """The row of each track in its lane: the first one that is free when it begins."""
    ends: list[int] = []
    rows = []
    for one in tracks:
        row = next((n for n, end in enumerate(ends) if end <= one.track.began), len(ends))
        row = min(row, _MOST_ROWS - 1)
        if row == len(ends):
            ends.append(one.track.ended)
        ends[row] = max(ends[row], one.track.ended)
        rows.append(row)
    return rows
