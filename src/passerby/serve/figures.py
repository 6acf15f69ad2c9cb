"""Counts, flows and dwell over time, as charts; nothing of anybody is in them."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from passerby.serve.access import Viewer, Visitor
from passerby.serve.moments import local_midnight
from passerby.serve.pages import render
from passerby.serve.tracks import visible_cameras
from passerby.site.counting import HourCount, counts_of, flows_of
from passerby.store.times import SECOND, now

__all__ = ["CameraChart", "ChartBar", "router"]

router = APIRouter(include_in_schema=False)

_HEIGHT = 110
_WIDTH = 24


@dataclass(frozen=True, slots=True)
class ChartBar:
    """An hour, or a day, of a chart.

    Attributes:
        label: When.
        entered, left: How many people.
        dwell: Mean seconds in view.
        x: Where it is drawn.
        entered_height, left_height: In pixels of the drawing.
        tick: Text of the axis below it; "" for none.
    """

    label: str
    entered: int
    left: int
    dwell: float
    x: int
    entered_height: int
    left_height: int
    tick: str


@dataclass(frozen=True, slots=True)
class CameraChart:
    """A camera's chart.

    Attributes:
        camera: Its name.
        bars: In order of time.
        entered: All who came.
        dwell: Mean seconds in view.
        top: The largest number.
        width: Of the drawing.
    """

    camera: str
    bars: tuple[ChartBar, ...]
    entered: int
    dwell: float
    top: int
    width: int


@router.get("/counts")
def _counts(visitor: Viewer, days: int = 1) -> Response:
    zone, store = visitor.console.zone, visitor.console.store
    shown = days if days in (1, 7, 30) else 1
    until = local_midnight(now(), zone, 1)
    since = local_midnight(now(), zone, 1 - shown)
    cameras = visible_cameras(visitor)
    counted = counts_of(store, since=since, until=until)
    charts = [_chart(visitor, name, counted, since, until, shown) for name in cameras]
    flows = [
        one
        for one in flows_of(store, since=since, until=until)
        if {one.first, one.second} <= set(cameras)
    ]
    most = max((one.people for one in flows), default=1)
    return render(visitor, "counts.html", charts=charts, flows=flows, most=most, days=shown)


def _chart(
    visitor: Visitor,
    camera: str,
    counted: list[HourCount],
    since: int,
    until: int,
    days: int,
) -> CameraChart:
    """Sum a camera's hours up: by hour for a day, by day for more."""
    zone = visitor.console.zone
    if days == 1:
        starts = list(range(since, until, 3600 * SECOND))
    else:
        starts = [local_midnight(since + 12 * 3600 * SECOND, zone, day) for day in range(days)]
    ends = [*starts[1:], until]
    own = [one for one in counted if one.camera == camera]
    sums = []
    for start, end in zip(starts, ends, strict=True):
        inside = [one for one in own if start <= one.hour < end]
        entered = sum(one.entered for one in inside)
        stayed = sum(one.dwell * one.entered for one in inside)
        left = sum(one.left for one in inside)
        sums.append((start, entered, left, stayed / max(entered, 1)))
    top = max((max(entered, left) for _, entered, left, _ in sums), default=0)
    scale = _HEIGHT / max(top, 1)
    every = 4 if days == 1 else max(1, days // 6)
    bars = tuple(
        ChartBar(
            _label(start, visitor, days),
            entered,
            left,
            dwell,
            _WIDTH * index,
            round(entered * scale),
            round(left * scale),
            _tick(start, visitor, days) if index % every == 0 else "",
        )
        for index, (start, entered, left, dwell) in enumerate(sums)
    )
    people = sum(one.entered for one in own)
    dwell = sum(one.dwell * one.entered for one in own) / max(people, 1)
    return CameraChart(camera, bars, people, dwell, top, _WIDTH * len(bars))


def _label(start: int, visitor: Visitor, days: int) -> str:
    form = "%Y-%m-%d %H:%M" if days == 1 else "%Y-%m-%d"
    return f"{datetime.fromtimestamp(start / SECOND, visitor.console.zone):{form}}"


def _tick(start: int, visitor: Visitor, days: int) -> str:
    form = "%H" if days == 1 else "%d.%m."
    return f"{datetime.fromtimestamp(start / SECOND, visitor.console.zone):{form}}"
