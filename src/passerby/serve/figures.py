"""Counts, flows and dwell over time, as charts; nothing of anybody is in them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from passerby.serve.access import Viewer
from passerby.serve.moments import entered_moment, local_midnight
from passerby.serve.pages import render
from passerby.serve.tracks import visible_cameras
from passerby.site.counting import HourCount, counts_of, flows_of, zone_flows_of
from passerby.store.times import SECOND, now

__all__ = ["CameraChart", "ChartBar", "ZoneSum", "router"]

router = APIRouter(include_in_schema=False)

_HEIGHT = 110
_DWELL_HEIGHT = 44


@dataclass(frozen=True, slots=True)
class ChartBar:
    """An hour, or a day, of a chart.

    Attributes:
        label: When.
        entered, left: How many people.
        dwell: Mean seconds in view.
        x, width: Where it is drawn, in percent of the width.
        entered_height, left_height, dwell_height: In pixels of the drawing.
        tick: Text of the axis below it; "" for none.
    """

    label: str
    entered: int
    left: int
    dwell: float
    x: float
    width: float
    entered_height: int
    left_height: int
    dwell_height: int
    tick: str


@dataclass(frozen=True, slots=True)
class ZoneSum:
    """What was counted in a part of a camera's view.

    Attributes:
        zone: Its name.
        entered, left: How many people.
        dwell: Mean seconds in it.
    """

    zone: str
    entered: int
    left: int
    dwell: float


@dataclass(frozen=True, slots=True)
class CameraChart:
    """A camera's chart.

    Attributes:
        camera: Its name.
        bars: In order of time.
        entered, left: All who came, and went.
        dwell: Mean seconds in view.
        top: The largest number.
        longest: The longest mean stay, in seconds.
        zones: Of its view.
        ways: From zone to zone, with how many people.
    """

    camera: str
    bars: tuple[ChartBar, ...]
    entered: int
    left: int
    dwell: float
    top: int
    longest: float
    zones: tuple[ZoneSum, ...]
    ways: tuple[tuple[str, str, int], ...]


@router.get("/counts")
def _counts(visitor: Viewer, days: int = 1, day: str = "") -> Response:
    zone, store = visitor.console.zone, visitor.console.store
    shown = days if days in (1, 7, 30) else 1
    today = local_midnight(now(), zone)
    last = local_midnight(entered_moment(day, zone) or today, zone)
    since, until = local_midnight(last, zone, 1 - shown), local_midnight(last, zone, 1)
    cameras = visible_cameras(visitor)
    counted = counts_of(store, since=since, until=until)
    ways: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in cameras}
    for one in zone_flows_of(store, since=since, until=until):
        if one.camera in ways:
            ways[one.camera][one.first, one.second] += one.people
    flows = [
        one
        for one in flows_of(store, since=since, until=until)
        if {one.first, one.second} <= set(cameras)
    ]
    slots = _slots(since, until, shown, zone)
    return render(
        visitor,
        "counts.html",
        charts=[_chart(name, counted, slots, ways[name]) for name in cameras],
        flows=flows,
        most=max((one.people for one in flows), default=1),
        days=shown,
        since=since,
        until=until,
        last=_day(last, zone),
        earlier=_day(local_midnight(last, zone, -shown), zone),
        later=None if last >= today else _day(local_midnight(last, zone, shown), zone),
    )


@dataclass(frozen=True, slots=True)
class _Slot:
    """An hour, or a day: from when to when, and its texts."""

    start: int
    end: int
    label: str
    tick: str


def _slots(since: int, until: int, days: int, zone: ZoneInfo) -> list[_Slot]:
    """What a bar stands for: the hours of a day, or days."""
    if days == 1:
        starts = list(range(since, until, 3600 * SECOND))
    else:
        starts = [local_midnight(since, zone, day) for day in range(days)]
    every = 4 if days == 1 else max(1, days // 6)
    label, tick = ("%Y-%m-%d %H:%M", "%H") if days == 1 else ("%Y-%m-%d", "%d %b")
    slots = []
    for index, (start, end) in enumerate(zip(starts, [*starts[1:], until], strict=True)):
        moment = datetime.fromtimestamp(start / SECOND, zone)
        below = f"{moment:{tick}}" if index % every == 0 else ""
        slots.append(_Slot(start, end, f"{moment:{label}}", below))
    return slots


def _chart(
    camera: str,
    counted: Sequence[HourCount],
    slots: Sequence[_Slot],
    ways: Counter[tuple[str, str]],
) -> CameraChart:
    """Sum up what a camera counted, by slots and by the zones of its view."""
    own = [one for one in counted if one.camera == camera]
    whole = [one for one in own if not one.zone]
    sums = [_sum([one for one in whole if slot.start <= one.hour < slot.end]) for slot in slots]
    top = max((max(one.entered, one.left) for one in sums), default=0)
    longest = max((one.dwell for one in sums), default=0.0)
    width = 100 / len(slots)
    bars = tuple(
        ChartBar(
            slot.label,
            one.entered,
            one.left,
            one.dwell,
            round(width * index, 3),
            round(width, 3),
            round(one.entered * _HEIGHT / max(top, 1)),
            round(one.left * _HEIGHT / max(top, 1)),
            round(one.dwell * _DWELL_HEIGHT / longest) if longest else 0,
            slot.tick,
        )
        for index, (slot, one) in enumerate(zip(slots, sums, strict=True))
    )
    total = _sum(whole)
    zones = sorted({one.zone for one in own} - {""})
    return CameraChart(
        camera,
        bars,
        total.entered,
        total.left,
        total.dwell,
        top,
        longest,
        tuple(_sum([one for one in own if one.zone == zone], zone) for zone in zones),
        tuple((*pair, people) for pair, people in ways.most_common(12)),
    )


def _sum(counted: Sequence[HourCount], zone: str = "") -> ZoneSum:
    entered = sum(one.entered for one in counted)
    stayed = sum(one.dwell * one.entered for one in counted)
    return ZoneSum(zone, entered, sum(one.left for one in counted), stayed / max(entered, 1))


def _day(at: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at / SECOND, zone):%Y-%m-%d}"
