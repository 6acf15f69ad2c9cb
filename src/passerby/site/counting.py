"""How many people came, went and stayed, by camera and hour, and who went from where to where."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from passerby.store.identities import read_links
from passerby.store.reading import StoredTrack, stored_counts, stored_tracks
from passerby.store.schema import HOLDING
from passerby.store.store import Store

__all__ = ["Flow", "HourCount", "counts_of", "flows_of"]

ENTER, LEAVE, SECONDS = "enter", "leave", "seconds in view"
"""Kinds of what cameras count."""


@dataclass(frozen=True, slots=True)
class HourCount:
    """What one camera counted in an hour.

    Attributes:
        camera: Its name.
        hour: When it began, microseconds of UTC.
        entered, left: How many people came into view, and went out of it.
        dwell: Mean seconds in view of those who came; 0 if nobody did.
    """

    camera: str
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


def counts_of(store: Store, *, since: int, until: int) -> list[HourCount]:
    """Return what was counted, in order of hours and cameras; nothing of anybody is read.

    Args:
        store: Where.
        since: Hours that begin then or later, microseconds of UTC.
        until: Hours that begin before.
    """
    sums: dict[tuple[int, str], Counter[str]] = {}
    for camera, _, kind, hour, number in stored_counts(store, since=since, until=until):
        sums.setdefault((hour, camera), Counter())[kind] += number
    return [
        HourCount(camera, hour, one[ENTER], one[LEAVE], one[SECONDS] / max(one[ENTER], 1))
        for (hour, camera), one in sorted(sums.items())
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
