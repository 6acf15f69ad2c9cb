"""Where a person went, as the links of the store say."""

from collections.abc import Callable

import pytest

from passerby.errors import StoreError
from passerby.site.following import follow_track
from passerby.store.identities import link_tracks, propose_links, reject_link
from passerby.store.store import Store

AddTrack = Callable[..., int]


def test_a_person_is_followed_in_order_of_time(store: Store, add_track: AddTrack) -> None:
    late, early, other = (
        add_track("stairs", 20, 30),
        add_track("hall", 0, 10),
        add_track("hall", 40, 50),
    )
    (person,) = link_tracks(store, [(early, None, 1.0)], "test")
    link_tracks(store, [(late, person, 0.9), (other, None, 1.0)], "test")
    propose_links(store, [(other, person, 0.4)], "test")
    found = follow_track(store, late)
    assert found.person == person
    assert [(one.track.number, one.probability) for one in found.stays] == [
        (early, 1.0),
        (late, 0.9),
    ]
    assert [len(one.snippets) for one in found.stays] == [1, 1]
    assert [(one.track.number, one.state) for one in found.proposed] == [(other, "proposed")]


def test_what_was_rejected_is_not_listed(store: Store, add_track: AddTrack) -> None:
    one, other = add_track("hall", 0, 10), add_track("stairs", 20, 30)
    (person,) = link_tracks(store, [(one, None, 1.0)], "test")
    link_tracks(store, [(other, person, 0.9)], "test")
    reject_link(store, other, person, "somebody")
    assert [stay.track.number for stay in follow_track(store, one).stays] == [one]


def test_a_track_that_is_linked_to_nobody_is_alone(store: Store, add_track: AddTrack) -> None:
    track = add_track("hall", 0, 10)
    found = follow_track(store, track)
    assert (found.person, [one.track.number for one in found.stays]) == (None, [track])


def test_a_track_that_is_not_there_is_told(store: Store) -> None:
    with pytest.raises(StoreError, match="no track 5"):
        follow_track(store, 5)
