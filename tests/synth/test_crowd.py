import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.synth.crowd import walk
from passerby.synth.gait import Gait
from passerby.synth.mesh import box
from passerby.synth.obstacle import Obstacle

HALF = np.array([4.0, 4.0])
THINGS = (Obstacle.placed(box((1.5, 0.8, 1), (0.5, 0.5, 0.5)), np.array([0.0, 1.0]), 0.5),)


@pytest.fixture(scope="module")
def walks():
    rng = np.random.default_rng(5)
    return walk(rng, [Gait.random(rng, 1.7) for _ in range(10)], HALF, THINGS, 400, 25.0)


def paths(walks):
    return np.array([[place.position for place in places] for places in walks])


def test_everybody_is_there_at_every_moment(walks):
    assert len(walks) == 400
    assert all([place.person for place in places] == list(range(10)) for places in walks)


def test_nobody_jumps_or_runs(walks):
    steps = np.linalg.norm(np.diff(paths(walks), axis=0), axis=-1)
    assert steps.max() * 25 < 4


def test_nobody_walks_through_things_or_out_of_the_area(walks):
    points = paths(walks).reshape(-1, 2)
    assert np.linalg.norm(points - THINGS[0].nearest(points), axis=1).min() > 0.1
    assert (np.abs(points) <= HALF + 0.5).all()


def test_people_keep_apart(walks):
    points = paths(walks)
    gaps = np.linalg.norm(points[:, :, None] - points[:, None], axis=-1) + 9 * np.eye(10)
    assert gaps.min() > 0.2


def test_people_get_somewhere_stand_and_turn(walks):
    speeds = np.array([[place.speed for place in places] for places in walks])
    headings = np.array([[place.heading for place in places] for places in walks])
    assert (np.ptp(paths(walks), axis=0).max(axis=-1) > 2).all()
    assert 0.02 < (speeds == 0).mean() < 0.7
    assert np.abs(np.diff(headings, axis=0)).max() <= 3.0 / 25 + 1e-9
    assert (np.ptp(headings, axis=0) > 1).any()


def test_steps_are_as_long_as_the_way(walks):
    """A stride is a cycle of the legs; else feet would slide."""
    way = np.linalg.norm(np.diff(paths(walks), axis=0), axis=-1).sum(axis=0)
    cycles = [walks[-1][person].phase - walks[0][person].phase for person in range(10)]
    assert (way / cycles > 0.8).all()
    assert (way / cycles < 2.2).all()


def test_too_many_people_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ConfigError, match="of 200 people find room"):
        walk(rng, [Gait.random(rng, 1.7) for _ in range(200)], HALF / 2, (), 5, 25.0)
