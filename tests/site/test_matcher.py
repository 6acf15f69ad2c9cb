"""Who is who, as groups of tracks come and change."""

from collections.abc import Callable

from passerby.matching.links import Link
from passerby.site.matcher import Matcher, allowed_links, outdated, persons_of
from passerby.site.settings import SiteSettings
from passerby.store.identities import (
    PersonLink,
    propose_links,
    read_changes,
    read_links,
    reject_link,
    undo_change,
)
from passerby.store.schema import HOLDING
from passerby.store.store import Store

AddTrack = Callable[..., int]


def held(track: int, person: int, state: str = "linked") -> PersonLink:
    return PersonLink(track, person, 0.9, state, 1, None)  # type: ignore[arg-type]


def test_new_groups_are_new_persons_with_the_probability_of_their_links() -> None:
    links = [Link(0.95, 1, 2), Link(0.3, 1, 3), Link(0.1, 2, 3)]
    persons = persons_of({1: 1, 2: 1, 3: 2}, links, [])
    assert [one.number for one in persons] == [None, None]
    assert persons[0].tracks == {1: 1.0, 2: 0.95}
    (alone,) = persons[1].tracks.items()
    assert alone[0] == 3
    assert abs(alone[1] - 0.6) < 1e-12  # nobody before: 1 - 0.3 - 0.1


def test_a_group_goes_on_as_the_person_of_most_of_its_tracks() -> None:
    before = [held(1, 7), held(2, 8), held(3, 8)]
    (person,) = persons_of({1: 1, 2: 1, 3: 1, 4: 1}, [], before)
    assert person.number == 8


def test_a_person_goes_with_the_larger_group_and_the_other_is_somebody_new() -> None:
    before = [held(1, 7), held(2, 7), held(3, 7)]
    persons = persons_of({1: 1, 2: 2, 3: 2}, [], before)
    assert [(sorted(one.tracks), one.number) for one in persons] == [([2, 3], 7), ([1], None)]


def test_what_somebody_confirmed_counts_for_more_than_many_links() -> None:
    before = [held(1, 7, "confirmed"), *(held(track, 8) for track in range(2, 9))]
    (person,) = persons_of(dict.fromkeys(range(1, 9), 1), [], before)
    assert person.number == 7


def test_a_track_that_was_rejected_as_the_person_leaves_the_group() -> None:
    before = [held(1, 7), held(3, 7), held(2, 7, "rejected"), held(2, 8)]
    persons = persons_of({1: 1, 2: 1, 3: 1}, [], before)
    assert [(sorted(one.tracks), one.number) for one in persons] == [([1, 3], 7), ([2], 8)]


def test_links_to_a_person_whom_somebody_rejected_are_left_out() -> None:
    links = [Link(0.9, 1, 2), Link(0.8, 2, 3), Link(0.7, 1, 3)]
    before = [held(1, 7), held(2, 7, "rejected"), held(2, 8), held(3, 9)]
    assert allowed_links(links, before) == links[1:]


def test_tracks_are_linked_as_they_end_and_later_ones_may_change_it(
    site: SiteSettings, store: Store, add_track: AddTrack
) -> None:
    matcher = Matcher(site, store)
    assert matcher.step() == 0
    first, other = add_track("hall", 0, 10, looks=1), add_track("hall", 1, 11, looks=2)
    assert matcher.step() == 2
    assert matcher.step() == 0  # nothing has ended since
    second = add_track("stairs", 18, 25, looks=1)
    matcher.step()
    persons = {one.track: one.person for one in read_links(store) if one.state in HOLDING}
    assert persons[first] == persons[second] != persons[other]


def test_who_cannot_have_walked_there_is_never_linked(
    site: SiteSettings, store: Store, add_track: AddTrack
) -> None:
    one, other = add_track("hall", 0, 10, looks=1), add_track("stairs", 11, 20, looks=1)
    Matcher(site, store).step()
    persons = {link.track: link.person for link in read_links(store)}
    assert persons[one] != persons[other]


def test_what_somebody_confirmed_or_rejected_stays(
    site: SiteSettings, store: Store, add_track: AddTrack
) -> None:
    first, second = add_track("hall", 0, 10, looks=1), add_track("stairs", 18, 25, looks=1)
    Matcher(site, store).step()
    person = next(one.person for one in read_links(store, of_track=first))
    reject_link(store, second, person, "somebody")
    add_track("hall", 30, 31, looks=5)
    Matcher(site, store).step()
    persons = {one.track: one.person for one in read_links(store) if one.state in HOLDING}
    assert persons[first] == person != persons[second]


def test_a_proposal_is_outdated_if_all_of_it_was_weighed_and_it_is_unlikely() -> None:
    known = [held(1, 7), held(2, 8), held(3, 9), held(4, 9), held(2, 7, "proposed")]
    assert outdated(known, set(), {1, 2, 3}) == {(2, 7)}
    assert outdated(known, {(2, 7)}, {1, 2, 3}) == set()
    assert outdated(known, set(), {1, 3}) == set()  # the track was not weighed
    later = [*known, held(2, 9, "proposed")]
    assert outdated(later, set(), {1, 2, 3}) == {(2, 7)}  # nor was track 4, of person 9
    decided = [held(1, 7), held(2, 7, "rejected"), held(2, 8, "confirmed")]
    assert outdated(decided, set(), {1, 2}) == set()


def test_what_was_proposed_and_is_unlikely_by_now_is_withdrawn(
    site: SiteSettings, store: Store, add_track: AddTrack
) -> None:
    first, second = add_track("hall", 0, 10, looks=1), add_track("stairs", 12, 25, looks=2)
    matcher = Matcher(site, store)
    matcher.step()
    person = next(one.person for one in read_links(store, of_track=first))
    propose_links(store, [(second, person, 0.5)], "matcher")
    assert matcher.step() == 0
    assert [one.state for one in read_links(store, of_person=person)] == ["linked", "proposed"]
    add_track("hall", 30, 31, looks=5)
    matcher.step()
    assert [one.state for one in read_links(store, of_person=person)] == ["linked"]
    (withdrawn,) = (one for one in read_changes(store) if one.kind == "withdraw")
    undo_change(store, withdrawn.number, "somebody")
    assert [one.state for one in read_links(store, of_person=person)] == ["linked", "proposed"]
