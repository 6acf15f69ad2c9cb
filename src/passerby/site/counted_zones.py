"""Who came into, stayed in and left parts of a camera's view, from where people stood."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.site.settings import CountedZone
from passerby.tracking.tracklet import Tracklet

__all__ = ["ZoneStay", "zone_stays"]

_SHORTEST = 0.5
"""Seconds that somebody is in a zone at least, or out of it: boxes jitter at its edge."""


@dataclass(frozen=True, slots=True)
class ZoneStay:
    """Somebody in a zone.

    Attributes:
        zone: Its name.
        came, went: When, in seconds.
    """

    zone: str
    came: float
    went: float


def zone_stays(
    path: Tracklet, zones: Sequence[CountedZone], size: tuple[int, int]
) -> list[ZoneStay]:
    """Return when somebody was in each zone, in the order in which they came.

    Somebody is where the middle of the lower edge of their box is: at their feet.

    Args:
        path: Of the person.
        zones: Of the camera; they may overlap.
        size: Width and height of the frames.
    """
    feet = np.stack([path.boxes[:, [0, 2]].mean(axis=1), path.boxes[:, 3]], axis=1)
    stays = [
        ZoneStay(zone.name, came, went)
        for zone in zones
        for came, went in _spans(path.times, _inside(feet, zone, size))
    ]
    return sorted(stays, key=lambda one: (one.came, one.went))


def _inside(
    feet: npt.NDArray[np.float32], zone: CountedZone, size: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Whether a line from each place to the right crosses the sides an odd number of times."""
    x, y = feet.T
    corners = np.array(zone.polygon) * size
    inside = np.zeros(len(feet), np.bool_)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 != y2:
            beside = x < x1 + (x2 - x1) * (y - y1) / (y2 - y1)
            inside ^= ((y1 > y) != (y2 > y)) & beside
    return inside


def _spans(
    times: npt.NDArray[np.float64], inside: npt.NDArray[np.bool_]
) -> Iterator[tuple[float, float]]:
    """Yield begin and end of what is inside, without short breaks, and without what is short."""
    spans: list[tuple[float, float]] = []
    for time in map(float, times[inside]):
        last = spans[-1] if spans else None
        between = times[~inside]
        left = last is not None and bool(((between > last[1]) & (between < time)).any())
        if last is None or (left and time - last[1] > _SHORTEST):
            spans.append((time, time))
        else:
            spans[-1] = last[0], time
    yield from (one for one in spans if one[1] - one[0] >= _SHORTEST)
