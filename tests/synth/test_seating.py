import numpy as np
import pytest

from passerby.synth.seating import Seating
from passerby.synth.sitting import OCCUPATIONS


def rows(seed):
    return Seating.random(np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(12))
def test_seats_are_apart_and_level(seed):
    seats = rows(seed).seats
    assert seats.ndim == 3
    assert 3 <= seats.shape[0] <= 8
    assert 4 <= seats.shape[1] <= 10
    spots = seats.reshape(-1, 2)
    gaps = np.linalg.norm(spots[:, None] - spots, axis=-1) + 9 * np.eye(len(spots))
    assert 0.55 <= gaps.min() <= 1.5


def test_some_rows_have_desks_and_all_seats_have_backs():
    things = [len(rows(seed).furniture) / rows(seed).seats[..., 0].size for seed in range(12)]
    assert set(things) == {1.0, 2.0}


@pytest.mark.parametrize("seed", range(12))
def test_nobody_sits_in_a_desk_or_in_the_back_of_a_seat(seed):
    place = rows(seed)
    spots = place.seats.reshape(-1, 2)
    for thing in place.furniture:
        gaps = np.linalg.norm(spots - thing.nearest(spots), axis=1)
        assert gaps.min() > 0.2


def test_people_sit_where_seats_are_and_look_ahead():
    place = rows(3)
    spots = place.seats.reshape(-1, 2)
    seated = place.taken(np.random.default_rng(0), 9)
    assert [one.person for one in seated] == list(range(9))
    taken = set()
    for one in seated:
        gaps = np.linalg.norm(spots - one.position, axis=1)
        assert gaps.min() < 0.3
        taken.add(int(gaps.argmin()))
        assert abs(one.heading) < 0.8
        assert one.speed == 0
        assert one.occupation in OCCUPATIONS
        assert (np.abs(one.position) <= place.half).all()
    assert len(taken) == 9


def test_who_finds_no_seat_is_left_out():
    place = rows(3)
    count = place.seats[..., 0].size
    assert len(place.taken(np.random.default_rng(0), count + 5)) == count


def test_nobody_is_nobody():
    assert rows(0).taken(np.random.default_rng(0), 0) == ()
