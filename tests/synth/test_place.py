import numpy as np

from passerby.synth.gait import Gait
from passerby.synth.mesh import box
from passerby.synth.obstacle import Obstacle
from passerby.synth.place import BODY_RADIUS, scatter

HALF = np.array([3.0, 2.0])
THINGS = (Obstacle.placed(box((1, 1, 1), (0.5, 0.5, 0.5)), np.array([0.5, 0.0]), 0.3),)


def scattered(count, seed=0):
    rng = np.random.default_rng(seed)
    return scatter(rng, [Gait.random(rng, 1.7) for _ in range(count)], HALF, THINGS)


def test_people_stand_in_the_area_apart_from_each_other_and_from_things():
    places = scattered(12)
    points = np.array([place.position for place in places])
    assert len(points) == 12
    assert (np.abs(points) <= HALF).all()
    gaps = np.linalg.norm(points[:, None] - points, axis=-1) + 9 * np.eye(len(points))
    assert gaps.min() > 0.55
    assert np.linalg.norm(points - THINGS[0].nearest(points), axis=1).min() > BODY_RADIUS


def test_who_finds_no_room_is_left_out():
    places = scattered(300)
    assert 20 < len(places) < 100
    assert len({place.person for place in places}) == len(places)


def test_some_stand_and_some_walk():
    speeds = [place.speed for place in scattered(20)]
    assert 0 < speeds.count(0.0) < 20


def test_nobody_is_nobody():
    assert scattered(0) == ()
