"""Sums of hours, and flows between cameras, against counts by hand."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from passerby.site.counting import (
    ENTER,
    LEAVE,
    SECONDS,
    TO,
    Flow,
    ZoneFlow,
    counts_of,
    flows_of,
    zone_flows_of,
)
from passerby.store.identities import link_tracks
from passerby.store.store import Store
from passerby.store.times import SECOND
from passerby.store.write_batch import WriteBatch

AddTrack = Callable[..., int]

HOUR = 3600 * SECOND


def test_hours_are_added_up_by_camera(store: Store) -> None:
    batch = WriteBatch()
    for at, seconds in ((1, 4), (2, 8), (HOUR + 1, 5)):
        batch.count("hall", "", ENTER, at)
        batch.count("hall", "", LEAVE, at + 5)
        batch.count("hall", "", SECONDS, at, seconds)
    store.add(batch)
    found = counts_of(store, since=0, until=2 * HOUR)
    assert [(one.camera, one.hour, one.entered, one.left, one.dwell) for one in found] == [
        ("hall", 0, 2, 2, 6.0),
        ("hall", HOUR, 1, 1, 5.0),
    ]
    assert len(counts_of(store, since=HOUR, until=2 * HOUR)) == 1


def test_flows_follow_persons_from_camera_to_camera(store: Store, add_track: AddTrack) -> None:
    there = [add_track("hall", 0, 10), add_track("stairs", 20, 30), add_track("hall", 40, 50)]
    alone = [add_track("hall", 60, 70), add_track("hall", 80, 90)]
    for tracks in (there, alone):
        (person,) = link_tracks(store, [(tracks[0], None, 1.0)], "test")
        link_tracks(store, [(one, person, 0.9) for one in tracks[1:]], "test")
    assert sorted(flows_of(store, since=0, until=HOUR), key=lambda one: one.first) == [
        Flow("hall", "stairs", 1),
        Flow("stairs", "hall", 1),
    ]
    assert flows_of(store, since=35 * SECOND, until=HOUR) == [Flow("stairs", "hall", 1)]


def test_flows_are_those_of_a_loop_over_all_tracks(store: Store, add_track: AddTrack) -> None:
    """Against a loop from the definition, with people by chance."""
    chance = np.random.default_rng(4)
    visits: dict[int, list[tuple[int, str]]] = {}
    for person in range(12):
        known = None
        for at in sorted(chance.choice(400, size=4, replace=False).tolist()):
            camera = str(chance.choice(["hall", "stairs"]))
            track = add_track(camera, at, at + 1)
            (known,) = link_tracks(store, [(track, known, 0.9)], "test")
            visits.setdefault(person, []).append((at, camera))
    since, until = 100, 300
    expected: dict[tuple[str, str], int] = {}
    for own in visits.values():
        for (_, first), (at, second) in pairwise(own):
            if first != second and since <= at < until:
                expected[first, second] = expected.get((first, second), 0) + 1
    found = flows_of(store, since=since * SECOND, until=until * SECOND)
    assert {(one.first, one.second): one.people for one in found} == expected
    assert len(expected) == 2


def test_zones_have_rows_of_their_own(store: Store) -> None:
    batch = WriteBatch()
    for zone in ("", "door"):
        batch.count("hall", zone, ENTER, 1)
        batch.count("hall", zone, SECONDS, 1, 9 if zone else 20)
    batch.count("hall", "door", TO + "desk", HOUR + 1, 3)
    store.add(batch)
    found = counts_of(store, since=0, until=2 * HOUR)
    assert [(one.zone, one.entered, one.dwell) for one in found] == [("", 1, 20), ("door", 1, 9)]
    assert zone_flows_of(store, since=0, until=2 * HOUR) == [
        ZoneFlow("hall", HOUR, "door", "desk", 3)
    ]
    assert zone_flows_of(store, since=0, until=HOUR) == []
