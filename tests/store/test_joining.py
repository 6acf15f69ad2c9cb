"""Tracks grow while they are open, and are joined when they turn out to be of one person."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from sqlalchemy import select
from tests.store.conftest import NOON, ORIGIN, frame, vector

from passerby.store import schema
from passerby.store.erasure import erase_tracks, finish_erasures, pending_erasures
from passerby.store.holds import place_hold, read_holds
from passerby.store.identities import confirm_link, link_tracks, read_links
from passerby.store.index import SignatureIndex
from passerby.store.reading import (
    StoredTrack,
    stored_signatures,
    stored_snippets,
    stored_track,
    stored_tracks,
)
from passerby.store.store import Store
from passerby.store.times import SECOND
from passerby.store.write_batch import WriteBatch


def open_track(store: Store, seconds: Sequence[int], camera: str = "hall") -> int:
    """Begin a track with a snippet and a signature of each second, which tell it apart."""
    batch = WriteBatch()
    track = batch.begin_track(camera, NOON + seconds[0] * SECOND, "follow")
    for second in seconds:
        at, picture = NOON + second * SECOND, frame(second)
        batch.add_snippet(track, at, picture, 1)
        batch.add_signature(track, at, vector(second), picture, ORIGIN, 1)
    store.add(batch)
    return track


def join(store: Store, track: int, into: int, *without: int) -> WriteBatch:
    batch = WriteBatch()
    batch.join_track(track, into, [NOON + second * SECOND for second in without])
    batch.end_track(into, NOON + 20 * SECOND, began=NOON - SECOND)
    store.add(batch)
    return batch


def seconds_of(store: Store, track: int) -> list[int]:
    return [(one.at - NOON) // SECOND for one in stored_snippets(store, track)]


def test_a_part_is_kept_as_the_track_that_it_belongs_to(store: Store) -> None:
    first, second, other = (open_track(store, times) for times in ([0, 1], [5, 6], [9]))
    before = {one.at: one.jpeg for n in (first, second) for one in stored_snippets(store, n)}
    batch = join(store, second, first)
    assert stored_tracks(store) == [
        StoredTrack(first, "hall", NOON - SECOND, NOON + 20 * SECOND, False, "follow"),
        StoredTrack(other, "hall", NOON + 9 * SECOND, NOON + 9 * SECOND, True, "follow"),
    ]
    assert {one.at: one.jpeg for one in stored_snippets(store, first)} == before
    (found,) = stored_signatures(store, ORIGIN.model_sha256, track=first)
    np.testing.assert_array_equal(found.vectors, [vector(n) for n in (0, 1, 5, 6)])
    assert store.add(batch).again
    assert seconds_of(store, first) == [0, 1, 5, 6]


def test_of_a_second_that_both_have_one_picture_is_kept(store: Store) -> None:
    first, second = open_track(store, [0, 1]), open_track(store, [1, 2])
    join(store, second, first, 1)
    assert seconds_of(store, first) == [0, 1, 2]


def test_the_key_of_a_part_is_destroyed_with_the_next_sweep(store: Store) -> None:
    first, second = open_track(store, [0]), open_track(store, [5])
    with store.database.reading() as connection:
        wanted = select(schema.track.c.key).where(schema.track.c.id == second)
        key = connection.execute(wanted).scalar_one()
    join(store, second, first)
    assert [one.track for one in pending_erasures(store)] == [second]
    assert finish_erasures(store) == []
    assert store.keys.is_destroyed(key)
    assert seconds_of(store, first) == [0, 5]


def test_an_index_finds_what_was_joined_under_its_new_number_alone(store: Store) -> None:
    first, second = open_track(store, [0]), open_track(store, [5])
    index = SignatureIndex.of(store, ORIGIN.model_sha256)
    assert index.search(vector(5), 1).tracks.tolist() == [second]
    join(store, second, first)
    index.refresh(store)
    assert len(index) == 2
    assert index.search(vector(5), 2).tracks.tolist() == [first, first]


@pytest.mark.parametrize("erased_first", [True, False])
def test_who_was_erased_takes_what_turns_out_to_be_theirs_along(
    store: Store, erased_first: bool
) -> None:
    first, second = open_track(store, [0]), open_track(store, [5])
    erase_tracks(store, [first if erased_first else second], "Ms Oda", "request 7")
    join(store, second, first)
    assert finish_erasures(store) == []
    assert stored_tracks(store) == []


def test_a_track_that_is_held_is_kept_all_the_same(store: Store) -> None:
    first, second = open_track(store, [0]), open_track(store, [5])
    place_hold(store, [second], "Ms Oda", "case 7")
    erase_tracks(store, [first], "sweeper", "retention")
    join(store, second, first)
    finish_erasures(store)
    assert [one.number for one in stored_tracks(store)] == [second]


def test_holds_and_decisions_go_over_to_the_whole(store: Store) -> None:
    first, second, third = (open_track(store, [n]) for n in (0, 5, 9))
    (person,) = link_tracks(store, [(third, None, 1.0)], "matcher")
    confirm_link(store, second, person, "Ms Oda")
    place_hold(store, [second], "Ms Oda", "case 7")
    join(store, second, first)
    assert {(one.track, one.state) for one in read_links(store, of_person=person)} == {
        (third, "linked"),
        (first, "confirmed"),
    }
    assert [one.track for one in read_holds(store)] == [first]


def test_a_camera_that_starts_anew_ends_its_own_open_tracks_alone(store: Store) -> None:
    hall, door = open_track(store, [0, 3]), open_track(store, [0], camera="door")
    store.add(WriteBatch(started="hall"))
    assert [stored_track(store, one).live for one in (hall, door)] == [False, True]
    assert stored_track(store, hall).ended == NOON + 3 * SECOND
    store.add(WriteBatch(started="never seen"))
    assert store.end_open_tracks() == 1
    assert not stored_track(store, door).live


def test_batches_that_are_added_at_once_are_kept_as_a_whole(
    store: Store, opened: Callable[..., Store]
) -> None:
    batches = [WriteBatch(), WriteBatch()]
    track = batches[0].begin_track("hall", NOON, "follow")
    batches[1].add_snippet(track, NOON, frame(), 1)
    assert [one.snippets for one in store.add_all(batches)] == [0, 1]
    assert [one.again for one in store.add_all(batches)] == [True, True]
    assert len(stored_snippets(opened(), track)) == 1


def test_nothing_is_kept_of_a_track_that_shows_nobody(store: Store) -> None:
    nobody, other = open_track(store, [0]), open_track(store, [5])
    batch = WriteBatch()
    batch.withdraw_track(nobody)
    store.add(batch)
    assert [one.number for one in stored_tracks(store)] == [other]
    assert [one.track for one in pending_erasures(store)] == [nobody]
    assert finish_erasures(store) == []
