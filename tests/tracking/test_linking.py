"""Who goes on as whom, in cases made by hand, and what always holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.tracking.appearance import CLOTHING, Appearance, PersonFeatures
from passerby.tracking.linking import LONGEST_GAP, Joining, linked_parts
from passerby.tracking.tracklet import Tracklet

RED, BLUE = np.eye(2, dtype=np.float32)


def linked(tracklets: list[Tracklet]) -> list[Tracklet]:
    return [whole for whole, _ in linked_parts(tracklets)]


def walk(
    begin: float,
    end: float,
    *,
    at: float = 0.0,
    speed: float = 0.0,
    height: float = 100.0,
    clothes: PersonFeatures | None = None,
) -> Tracklet:
    """Somebody whose middle is at x = ``at + speed * time``, ten looks a second."""
    frames = np.arange(round(begin * 10), round(end * 10) + 1)
    x = at + speed * frames / 10
    boxes = np.stack([x - height / 5, 0 * x, x + height / 5, 0 * x + height], axis=1)
    scores = np.ones(len(frames), np.float32)
    return Tracklet(frames, frames / 10, boxes.astype(np.float32), scores, clothes)


def spans(*tracklets: Tracklet) -> list[list[tuple[float, float]]]:
    """Begin and middle at the begin of what each whole consists of, by its gaps."""
    return sorted(
        [
            (float(one.times[start]), float(one.boxes[start, [0, 2]].mean()))
            for start in np.flatnonzero(np.diff(one.times, prepend=-np.inf) > 0.15)
        ]
        for one in linked(tracklets)
    )


def test_who_walks_on_behind_a_pillar_is_one() -> None:
    assert len(linked([walk(0, 2, speed=100), walk(3, 5, speed=100)])) == 1


def test_two_who_pass_each_other_out_of_sight_keep_their_ways() -> None:
    right, left = {"at": 0.0, "speed": 100.0}, {"at": 500.0, "speed": -100.0}
    pieces = walk(0, 2, **right), walk(0, 2, **left), walk(3, 5, **right), walk(3, 5, **left)
    assert spans(*pieces) == [[(0, 0), (3, 300)], [(0, 500), (3, 200)]]


def test_the_clothes_decide_where_the_ways_do_not() -> None:
    before = walk(0, 2, at=100, clothes=RED), walk(0, 2, at=140, clothes=BLUE)
    swapped = walk(4, 6, at=100, clothes=BLUE), walk(4, 6, at=140, clothes=RED)
    assert spans(*before, *swapped) == [[(0, 100), (4, 140)], [(0, 140), (4, 100)]]
    unseen = walk(4, 6, at=100), walk(4, 6, at=140)
    assert spans(*before, *unseen) == [[(0, 100), (4, 100)], [(0, 140), (4, 140)]]


def test_how_much_appearance_weighs_is_up_to_it() -> None:
    """PersonFeatures 60 degrees apart are of two people by clothes, and may be of one by others."""
    turned = np.array([0.5, 0.75**0.5], np.float32)
    pieces = walk(0, 2, clothes=RED), walk(4, 5, clothes=turned)
    mild = Appearance(CLOTHING.describe, alike=0.4, weight=5.0)
    assert len(linked_parts(pieces)) == 2
    assert len(linked_parts(pieces, Joining(mild))) == 1


@pytest.mark.parametrize(
    "later",
    [
        walk(3, 5, at=600),  # too far away
        walk(3, 5, height=300),  # too tall
        walk(2 + LONGEST_GAP + 0.1, 15),  # too late
        walk(1, 5),  # there at the same time
        walk(2, 5),  # in the same frame
    ],
)
def test_who_cannot_be_the_same_is_not(later: Tracklet) -> None:
    assert len(linked([walk(0, 2), later])) == 2


def test_other_clothes_are_another_person_though_the_way_goes_on() -> None:
    assert len(linked([walk(0, 2, clothes=RED), walk(4, 5, clothes=RED)])) == 1
    assert len(linked([walk(0, 2, clothes=RED), walk(4, 5, clothes=BLUE)])) == 2


def test_many_pieces_are_one_way() -> None:
    pieces = [walk(start, start + 0.5, speed=50) for start in range(20)]
    (whole,) = linked(pieces[::-1])
    assert len(whole) == 20 * 6
    assert (np.diff(whole.frames) > 0).all()


def test_nobody_is_nobody() -> None:
    assert linked([]) == []


@given(
    st.lists(
        st.tuples(
            st.integers(0, 60), st.integers(1, 20), st.integers(0, 400), st.integers(-50, 50)
        ),
        max_size=12,
    )
)
def test_no_look_is_lost_and_nobody_is_at_two_places(
    pieces: list[tuple[int, int, int, int]],
) -> None:
    tracklets = [
        walk(begin / 10, (begin + looks) / 10, at=at, speed=speed)
        for begin, looks, at, speed in pieces
    ]
    whole = linked(tracklets)
    assert sum(map(len, whole)) == sum(map(len, tracklets))
    for one in whole:
        assert (np.diff(one.frames) > 0).all()
        assert (np.diff(one.times) <= LONGEST_GAP + 1e-9).all()
