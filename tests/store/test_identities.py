"""Persons are linked, merged, split; whatever was done can be undone, back to the beginning."""

from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest
from tests.store.conftest import NOON

from passerby.errors import StoreError
from passerby.store.audit import read_audit
from passerby.store.erasure import erase_tracks
from passerby.store.identities import (
    confirm_link,
    join_tracks,
    link_tracks,
    merge_persons,
    propose_links,
    read_changes,
    read_links,
    reject_link,
    split_person,
    undo_change,
)
from passerby.store.reading import ended_tracks, newest_end
from passerby.store.schema import HOLDING
from passerby.store.store import Store
from passerby.store.write_batch import WriteBatch


@pytest.fixture
def tracks(store: Store) -> list[int]:
    batch = WriteBatch()
    numbers = [batch.begin_track("hall", NOON, "follow") for _ in range(6)]
    store.add(batch)
    return numbers


def snapshot(store: Store) -> set[tuple[int, int, str, float]]:
    return {(one.track, one.person, one.state, one.probability) for one in read_links(store)}


def of(store: Store, person: int) -> list[int]:
    """The tracks that are said to be of a person."""
    return [one.track for one in read_links(store, of_person=person) if one.state in HOLDING]


def test_tracks_are_linked_to_persons_old_and_new(store: Store, tracks: list[int]) -> None:
    first, second = link_tracks(store, [(tracks[0], None, 1), (tracks[1], None, 1)], "matcher")
    assert first != second
    assert link_tracks(store, [(tracks[2], first, 0.9)], "matcher") == [first]
    assert of(store, first) == [tracks[0], tracks[2]]
    link_tracks(store, [(tracks[2], second, 0.95)], "matcher")  # it thinks better of it
    assert of(store, second) == [tracks[1], tracks[2]]
    history = read_links(store, of_track=tracks[2], past=True)
    assert [(one.person, one.closed_by is None) for one in history] == [
        (first, False),
        (second, True),
    ]


def test_only_links_of_people_who_were_seen_lately(store: Store) -> None:
    """Of a person, all links or none: what is older than that is beside it."""
    batch = WriteBatch()
    ends = (10, 100, 200, 20, 30)
    first, second, other, gone, doubtful = (
        batch.begin_track("hall", NOON, "follow") for _ in range(5)
    )
    for number, end in zip((first, second, other, gone, doubtful), ends, strict=True):
        batch.end_track(number, NOON + end)
    store.add(batch)
    links: list[tuple[int, int | None, float]] = [(one, None, 1) for one in (first, other, gone)]
    somebody, another, nobody = link_tracks(store, links, "matcher")
    link_tracks(store, [(second, somebody, 0.9)], "matcher")
    propose_links(store, [(doubtful, another, 0.4)], "matcher")

    def since(end: int) -> set[tuple[int, int]]:
        return {(one.track, one.person) for one in read_links(store, since=NOON + end)}

    of_somebody = {(first, somebody), (second, somebody)}
    of_another = {(other, another), (doubtful, another)}
    assert since(101) == of_another
    assert since(100) == since(31) == of_somebody | of_another
    assert since(0) == of_somebody | of_another | {(gone, nobody)}
    assert since(201) == set()
    assert [one.number for one in ended_tracks(store, NOON + 100)] == [second, other]
    assert newest_end(store) == NOON + 200


def test_what_somebody_decided_the_matcher_does_not_change(store: Store, tracks: list[int]) -> None:
    first, second = link_tracks(store, [(tracks[0], None, 1), (tracks[1], None, 1)], "matcher")
    propose_links(store, [(tracks[2], first, 0.6), (tracks[2], second, 0.3)], "matcher")
    confirm_link(store, tracks[2], first, "Ms Oda")
    assert of(store, first) == [tracks[0], tracks[2]]
    with pytest.raises(StoreError, match=f"confirmed as of person {first}"):
        link_tracks(store, [(tracks[2], second, 0.99)], "matcher")
    reject_link(store, tracks[2], second, "Ms Oda")
    propose_links(store, [(tracks[2], second, 0.7)], "matcher")  # nothing comes of it
    states = {one.person: one.state for one in read_links(store, of_track=tracks[2])}
    assert states == {first: "confirmed", second: "rejected"}
    assert link_tracks(store, [(tracks[2], first, 0.5)], "matcher") == [first]


def test_a_rejected_track_is_a_person_of_its_own(store: Store, tracks: list[int]) -> None:
    (first,) = link_tracks(store, [(tracks[0], None, 1)], "matcher")
    link_tracks(store, [(tracks[1], first, 0.8)], "matcher")
    reject_link(store, tracks[1], first, "Ms Oda")
    assert of(store, first) == [tracks[0]]
    rejected, own = read_links(store, of_track=tracks[1])
    assert (rejected.person, rejected.state) == (first, "rejected")
    assert own.state == "linked"
    with pytest.raises(StoreError, match=f"rejected as of person {first}"):
        link_tracks(store, [(tracks[1], first, 0.9)], "matcher")


def test_persons_are_merged_and_split(store: Store, tracks: list[int]) -> None:
    persons = link_tracks(store, [(one, None, 1) for one in tracks[:3]], "matcher")
    before = snapshot(store)
    change = merge_persons(store, persons[0], persons[1], "Ms Oda")
    assert of(store, persons[0]) == tracks[:2]
    assert of(store, persons[1]) == []
    undo_change(store, change, "Mr Diaz")
    assert snapshot(store) == before
    merge_persons(store, persons[0], persons[1], "Ms Oda")
    new = split_person(store, persons[0], [tracks[1]], "Ms Oda")
    assert of(store, persons[0]) == [tracks[0]]
    assert of(store, new) == [tracks[1]]
    assert [(entry.what, entry.subject) for entry in read_audit(store)][-4:] == [
        ("merge", f"person {persons[1]} into person {persons[0]}"),
        ("undo", f"change {change}"),
        ("merge", f"person {persons[1]} into person {persons[0]}"),
        ("split", f"person {persons[0]}: track {tracks[1]}"),
    ]


def test_merging_settles_what_was_rejected_or_proposed(store: Store, tracks: list[int]) -> None:
    first, second = link_tracks(store, [(tracks[0], None, 1), (tracks[1], None, 1)], "matcher")
    propose_links(store, [(tracks[1], first, 0.5), (tracks[2], first, 0.4)], "matcher")
    propose_links(store, [(tracks[2], second, 0.6)], "matcher")
    reject_link(store, tracks[1], first, "Ms Oda")
    before = snapshot(store)
    change = merge_persons(store, first, second, "Ms Oda")
    assert snapshot(store) == {
        (tracks[0], first, "linked", 1),
        (tracks[1], first, "linked", 1),
        (tracks[2], first, "proposed", 0.4),
    }
    undo_change(store, change, "Ms Oda")
    assert snapshot(store) == before


def test_a_change_is_undone_once_and_an_undo_never(store: Store, tracks: list[int]) -> None:
    persons = link_tracks(store, [(one, None, 1) for one in tracks[:2]], "matcher")
    merged = merge_persons(store, *persons, "Ms Oda")
    undo = undo_change(store, merged, "Mr Diaz")
    with pytest.raises(StoreError, match=f"no change {merged} to undo"):
        undo_change(store, merged, "Ms Oda")
    with pytest.raises(StoreError, match=f"change {undo} is an undo itself"):
        undo_change(store, undo, "Ms Oda")
    changes = {one.number: one for one in read_changes(store)}
    assert (changes[merged].who, changes[merged].undone_by) == ("Ms Oda", undo)
    assert (changes[undo].who, changes[undo].undone_by) == ("Mr Diaz", None)


def test_a_change_on_which_another_stands_is_not_undone(store: Store, tracks: list[int]) -> None:
    persons = link_tracks(store, [(one, None, 1) for one in tracks[:3]], "matcher")
    first = merge_persons(store, persons[0], persons[1], "Ms Oda")
    second = merge_persons(store, persons[2], persons[0], "Ms Oda")
    with pytest.raises(StoreError, match=f"cannot be undone before change {second}"):
        undo_change(store, first, "Ms Oda")


def step(chance: np.random.Generator, store: Store, tracks: list[int]) -> None:
    """Do something to somebody, if it can be done."""
    persons = sorted({one.person for one in read_links(store)}) or [0]
    number, whom, other = chance.choice(tracks), chance.choice(persons), chance.choice(persons)
    number, whom, other = int(number), int(whom), int(other)
    probability = float(chance.random())
    work: list[Callable[[], object]] = [
        lambda: link_tracks(store, [(number, None, probability)], "matcher"),
        lambda: link_tracks(store, [(number, whom, probability)], "matcher"),
        lambda: propose_links(store, [(number, whom, probability)], "matcher"),
        lambda: confirm_link(store, number, whom, "Ms Oda"),
        lambda: reject_link(store, number, whom, "Ms Oda"),
        lambda: merge_persons(store, whom, other, "Ms Oda"),
        lambda: split_person(store, whom, [number], "Ms Oda"),
    ]
    with suppress(StoreError):  # then nothing is changed, or what follows would not hold
        work[chance.integers(len(work))]()


@pytest.mark.parametrize("seed", range(3))
def test_any_history_is_undone_step_by_step(store: Store, tracks: list[int], seed: int) -> None:
    chance = np.random.default_rng(seed)
    states = {0: snapshot(store)}
    for _ in range(30):
        step(chance, store, tracks)
        last = max((one.number for one in read_changes(store)), default=0)
        assert states.setdefault(last, snapshot(store)) == snapshot(store)
        held = [one.track for one in read_links(store) if one.state in HOLDING]
        assert len(held) == len(set(held))
    numbers = sorted(states)
    assert len(numbers) > 8
    for before, number in reversed(list(pairwise(numbers))):
        undo_change(store, number, "Ms Oda")
        assert snapshot(store) == states[before]


def test_links_and_persons_go_with_erased_tracks(store: Store, tracks: list[int]) -> None:
    first, second = link_tracks(store, [(tracks[0], None, 1), (tracks[1], None, 1)], "matcher")
    link_tracks(store, [(tracks[2], first, 0.9)], "matcher")
    erase_tracks(store, [tracks[0], tracks[1]], "officer", "request")
    assert of(store, first) == [tracks[2]]
    assert read_links(store, of_track=tracks[0], past=True) == []
    with pytest.raises(StoreError, match=f"no person {second}"):
        link_tracks(store, [(tracks[3], second, 0.9)], "matcher")
    assert link_tracks(store, [(tracks[3], None, 1)], "matcher")[0] > second


@pytest.mark.parametrize(
    "work",
    [
        lambda store, track: link_tracks(store, [(track, None, 1), (7, None, 1)], "matcher"),
        lambda store, track: link_tracks(store, [(track, 7, 1)], "matcher"),
        lambda store, track: propose_links(store, [(track, 7, 1)], "matcher"),
        lambda store, track: confirm_link(store, track, 7, "Ms Oda"),
        lambda store, track: reject_link(store, track, 7, "Ms Oda"),
        lambda store, track: merge_persons(store, 1, 1, "Ms Oda"),
        lambda store, track: merge_persons(store, 1, 7, "Ms Oda"),
        lambda store, track: split_person(store, 1, [track], "Ms Oda"),
        lambda store, track: split_person(store, 7, [track], "Ms Oda"),
        lambda store, track: undo_change(store, 99, "Ms Oda"),
    ],
)
def test_what_cannot_be_changes_nothing(
    store: Store, tracks: list[int], work: Callable[[Store, int], object]
) -> None:
    link_tracks(store, [(tracks[0], None, 1)], "matcher")
    before, entries = snapshot(store), len(read_audit(store))
    with pytest.raises(StoreError):
        work(store, tracks[0])
    assert snapshot(store) == before
    assert len(read_changes(store)) == 1
    assert len(read_audit(store)) == entries


@pytest.mark.parametrize("linked", [(), (0,), (1,), (0, 1)])
def test_two_tracks_are_joined_whoever_they_were_of(
    store: Store, tracks: list[int], linked: tuple[int, ...]
) -> None:
    one, other, friend = tracks[:3]
    for place in linked:
        link_tracks(store, [(tracks[place], None, 1)], "matcher")
    if 1 in linked:  # whoever is linked to the second one comes along
        (person,) = {link.person for link in read_links(store, of_track=other)}
        link_tracks(store, [(friend, person, 0.9)], "matcher")
    before = snapshot(store)
    change = join_tracks(store, one, other, "somebody")
    (first,) = [link for link in read_links(store, of_track=one) if link.state in HOLDING]
    assert set(of(store, first.person)) == {one, other, *([friend] if 1 in linked else [])}
    assert read_audit(store, limit=1000)[-1].what == "join"
    for again in (other, one):
        with pytest.raises(StoreError, match="one person already"):
            join_tracks(store, one, again, "somebody")
    undo_change(store, change, "somebody")
    assert snapshot(store) == before


def test_a_track_that_is_not_there_is_joined_to_nobody(store: Store, tracks: list[int]) -> None:
    with pytest.raises(StoreError, match="no track 5"):
        join_tracks(store, tracks[0], 5, "somebody")
    assert read_links(store) == []
