import numpy as np
import pytest

from passerby.synth.mesh import box
from passerby.synth.obstacle import OBSTACLES, Obstacle

TABLE = Obstacle.placed(box((2, 1, 0.7), (0.5, 0.5, 0.5)), np.array([1.0, 2.0]), 0.0)


@pytest.mark.parametrize("kind", OBSTACLES)
def test_every_kind_stands_on_the_ground_with_a_footprint(kind):
    thing = Obstacle.placed(OBSTACLES[kind](np.random.default_rng(0)), np.array([3.0, -1.0]), 0.4)
    assert thing.mesh.vertices[:, 2].min() == pytest.approx(0)
    assert 0.5 < thing.mesh.vertices[:, 2].max() < 4
    edge = thing.nearest(thing.mesh.vertices[:, :2])
    np.testing.assert_allclose(edge, thing.mesh.vertices[:, :2], atol=1e-9)


def test_the_nearest_place_is_on_the_rim_or_the_point_itself():
    points = np.array([(5.0, 2.0), (1.0, 9.0), (4.0, 4.0), (1.5, 2.2)])
    expected = np.array([(2.0, 2.0), (1.0, 2.5), (2.0, 2.5), (1.5, 2.2)])
    np.testing.assert_allclose(TABLE.nearest(points), expected, atol=1e-12)


@pytest.mark.parametrize("turn", np.linspace(0, 3, 7))
def test_who_stands_behind_is_hidden_and_who_stands_before_is_not(turn):
    thing = Obstacle.placed(box((2, 0.6, 0.7), (0.5, 0.5, 0.5)), np.zeros(2), turn)
    camera = np.array([0.0, -8.0])
    assert thing.hides(np.array([0.0, 2.0]), camera)
    assert not thing.hides(np.array([0.0, -2.0]), camera)
