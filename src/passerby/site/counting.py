"""How many people came, went and stayed, by camera and hour, and who went from where to where."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from passerby.store.browsing import linked_visits
from passerby.store.reading import stored_counts
from passerby.store.store import Store

__all__ = ["Flow", "HourCount", "ZoneFlow", "counts_of", "flows_of", "zone_flows_of"]

ENTER, LEAVE, SECONDS = "enter", "leave", "seconds in view"
"""Kinds of what cameras count."""

TO = "to "
"""What the kind of a way from one zone to another begins with; the name of the other follows."""


@dataclass(frozen=True, slots=True)
class HourCount:
    """What one camera counted in an hour.

    Attributes:
        camera: Its name.
        zone: Part of its view; "" for all of it.
        hour: When it began, microseconds of UTC.
        entered, left: How many people came into view, and went out of it.
        dwell: Mean seconds in view of those who came; 0 if nobody did.
    """

    camera: str
    zone: str
    hour: int
    entered: int
    left: int
    dwell: float


@dataclass(frozen=True, slots=True)
class Flow:
    """How many people went from one camera to another.

    Attributes:
        first, second: Names of the cameras.
        people: How many.
    """

    first: str
    second: str
    people: int


@dataclass(frozen=True, slots=True)
class ZoneFlow:
    """How many people went from one zone of a camera's view to another, in an hour.

    Attributes:
        camera: Its name.
        hour: When it began, microseconds of UTC.
        first, second: Names of the zones.
        people: How many; who goes there twice counts twice.
    """

    camera: str
    hour: int
    first: str
    second: str
    people: int


def counts_of(store: Store, *, since: int, until: int) -> list[HourCount]:
    """Return what was counted, in order of hours and cameras; nothing of anybody is read.

    Args:
        store: Where.
        since: Hours that begin then or later, microseconds of UTC.
        until: Hours that begin before.
    """
    sums: dict[tuple[int, str, str], Counter[str]] = {}
    for camera, zone, kind, hour, number in stored_counts(store, since=since, until=until):
        if not kind.startswith(TO):
            sums.setdefault((hour, camera, zone), Counter())[kind] += number
    return [
        HourCount(camera, zone, hour, one[ENTER], one[LEAVE], one[SECONDS] / max(one[ENTER], 1))
        for (hour, camera, zone), one in sorted(sums.items())
    ]


def zone_flows_of(store: Store, *, since: int, until: int) -> list[ZoneFlow]:
    """Return how many went from one zone of a camera to another, by hour; nobody's track is read.

    Args:
        store: Where.
        since: Hours that begin then or later, microseconds of UTC.
        until: Hours that begin before.
    """
    return [
        ZoneFlow(camera, hour, zone, kind.removeprefix(TO), number)
        for camera, zone, kind, hour, number in stored_counts(store, since=since, until=until)
        if kind.startswith(TO)
    ]


def flows_of(store: Store, *, since: int, until: int) -> list[Flow]:
    """Count who went from one camera to another, by the links that hold; the largest first.

    Args:
        store: Where.
        since: Who came to the second camera then or later, microseconds of UTC.
        until: Before.
    """
    flows: Counter[tuple[str, str]] = Counter()
    visits = linked_visits(store, since=since, until=until)
    for one, other in pairwise(visits):
        (person, first, _), (whose, second, began) = one, other
        if person == whose and first != second and since <= began < until:
            flows[first, second] += 1
    return [Flow(*pair, people) for pair, people in flows.most_common()]
