"""How many people came, went and stayed, by camera and hour, and who went from where to where."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from passerby.store.identities import read_links
from passerby.store.reading import StoredTrack, stored_counts, stored_tracks
from passerby.store.schema import HOLDING
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
    tracks = {one.number: one for one in stored_tracks(store, limit=1_000_000)}
    of_person: dict[int, list[StoredTrack]] = {}
    for link in read_links(store):
        if link.state in HOLDING and link.track in tracks:
            of_person.setdefault(link.person, []).append(tracks[link.track])
    flows: Counter[tuple[str, str]] = Counter()
    for own in of_person.values():
        for one, other in pairwise(sorted(own, key=lambda track: track.began)):
            if one.camera != other.camera and since <= other.began < until:
                flows[one.camera, other.camera] += 1
    return [Flow(*pair, people) for pair, people in flows.most_common()]
