import numpy as np
import pytest

from passerby.evaluate.links import LinkCounts, answers, count_links, true_links
from passerby.matching.closed_track import ClosedTrack
from passerby.matching.links import Link


def track(number, began):
    return ClosedTrack(number, "a", began, began + 1, np.ones(2, np.float32))


TRACKS = [track(1, 0), track(2, 10), track(3, 20), track(4, 30), track(5, 40)]
OWNERS = {1: 7, 2: 8, 3: 7, 4: 7, 5: None}
"""Person 7 comes three times, person 8 once; track 5 is nobody."""


def test_true_links_go_from_each_track_to_the_next_one():
    assert true_links(TRACKS[::-1], OWNERS) == {(1, 3), (3, 4)}


def test_links_are_counted():
    links = [Link(0.95, 1, 3), Link(0.92, 2, 4), Link(0.5, 3, 4), Link(0.91, 4, 5)]
    identities = {1: 1, 3: 1, 2: 2, 4: 2, 5: 2}
    found = count_links(TRACKS, links, identities, OWNERS, 0.9)
    assert found == LinkCounts(shown=3, right=1, true=2, found=1)
    assert found.precision == pytest.approx(1 / 3)
    assert found.recall == 0.5
    assert (found + found).as_dict()["shown"] == 6


def test_two_tracks_of_nobody_are_not_the_same():
    found = count_links(
        TRACKS, [Link(0.95, 1, 2)], dict.fromkeys(range(1, 6), 1), {**OWNERS, 1: None, 2: None}, 0.9
    )
    assert (found.shown, found.right) == (1, 0)


def test_without_links_shares_are_undefined():
    nothing = LinkCounts()
    assert np.isnan(nothing.precision)
    assert np.isnan(nothing.recall)
    assert nothing.as_dict()["precision"] is None


def test_nobody_is_an_answer_too():
    links = [
        Link(0.7, 1, 3),  # right
        Link(0.2, 2, 3),
        Link(0.3, 1, 2),  # nobody at 0.7: right
        Link(0.1, 3, 4),  # nobody at 0.9: wrong
        Link(0.6, 4, 5),  # of nobody: wrong
    ]
    said, right = answers(links, OWNERS)
    assert sorted(zip(np.round(said, 6).tolist(), right, strict=True)) == [
        (0.6, False),
        (0.7, True),
        (0.7, True),
        (0.9, False),
    ]
