import numpy as np
import pytest

from passerby.synth.gait import ARMS_AT_REST, Gait, pose
from passerby.synth.skeleton import Bone

LEFT = [Bone.LEFT_ARM, Bone.LEFT_FOREARM, Bone.LEFT_THIGH, Bone.LEFT_SHIN, Bone.LEFT_FOOT]
RIGHT = [Bone.RIGHT_ARM, Bone.RIGHT_FOREARM, Bone.RIGHT_THIGH, Bone.RIGHT_SHIN, Bone.RIGHT_FOOT]


def gait(**changes):
    plain = {
        "speed": 1.35,
        "stride": 1.4,
        "arm_swing": 1.0,
        "lean": 0.0,
        "sway": 1.0,
        "toe_out": 0.0,
        "rest": "hang",
    }
    return Gait(**plain | changes)


@pytest.mark.parametrize("phase", [0.0, 0.2, 0.45, 0.8])
def test_half_a_cycle_later_left_and_right_have_changed_places(phase):
    now, later = (pose(gait(), p % 1, 1.35, 0.0) for p in (phase, phase + 0.5))
    np.testing.assert_allclose(now[LEFT, 0], later[RIGHT, 0], atol=1e-12)
    np.testing.assert_allclose(now[RIGHT, 0], later[LEFT, 0], atol=1e-12)


def test_the_walk_cycle_has_no_jump_where_it_repeats():
    np.testing.assert_allclose(pose(gait(), 0.0, 1.3, 0), pose(gait(), 0.99999, 1.3, 0), atol=1e-3)


def test_at_heel_strike_the_leg_is_ahead_and_its_arm_behind():
    angles = pose(gait(), 0.0, 1.35, 0.0)
    assert angles[Bone.LEFT_THIGH, 0] > 0.4
    assert angles[Bone.RIGHT_THIGH, 0] < 0
    assert angles[Bone.LEFT_ARM, 0] < 0 < angles[Bone.RIGHT_ARM, 0]


def test_knees_and_elbows_bend_only_the_way_they_can():
    for phase in np.linspace(0, 1, 50):
        angles = pose(gait(), phase, 1.4, 0.0)
        assert (angles[[Bone.LEFT_SHIN, Bone.RIGHT_SHIN], 0] <= 0).all()
        assert (angles[[Bone.LEFT_FOREARM, Bone.RIGHT_FOREARM], 0] >= 0).all()


@pytest.mark.parametrize("rest", ARMS_AT_REST)
def test_who_stands_does_not_step_but_is_not_frozen(rest):
    standing = gait(rest=rest)
    np.testing.assert_array_equal(pose(standing, 0.0, 0.0, 3.0), pose(standing, 0.6, 0.0, 3.0))
    assert np.abs(pose(standing, 0, 0.0, 3.0) - pose(standing, 0, 0.0, 5.0)).max() > 0.01
