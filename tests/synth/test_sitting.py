import numpy as np
import pytest

from passerby.synth.sitting import OCCUPATIONS, sitting_pose
from passerby.synth.skeleton import Bone, Skeleton, bone_transforms

SKELETON = Skeleton.of(1.7)


def joints(name, glance=0.0):
    """Where the upper ends of all bones are, shape (13, 3)."""
    angles = sitting_pose(OCCUPATIONS[name], glance)
    transforms = bone_transforms(SKELETON, angles)
    return (transforms[:, :, :3] @ SKELETON.joints[:, :, None])[:, :, 0] + transforms[:, :, 3]


@pytest.mark.parametrize("name", OCCUPATIONS)
def test_thighs_are_level_and_shins_upright(name):
    at = joints(name)
    for thigh, shin, foot in ((7, 8, 9), (10, 11, 12)):
        assert abs(at[thigh, 2] - at[shin, 2]) < 0.05
        assert at[shin, 0] - at[thigh, 0] > 0.3
        assert at[shin, 2] - at[foot, 2] > 0.35


@pytest.mark.parametrize("name", OCCUPATIONS)
def test_knees_and_elbows_bend_only_the_way_they_can(name):
    angles = sitting_pose(OCCUPATIONS[name], 0.5)
    assert (angles[[Bone.LEFT_SHIN, Bone.RIGHT_SHIN], 0] < 0).all()
    assert (angles[[Bone.LEFT_FOREARM, Bone.RIGHT_FOREARM], 0] > 0).all()


def hands(name):
    """Where both hands are, relative to the middle of the head: ahead, aside and up."""
    angles = sitting_pose(OCCUPATIONS[name], 0.0)
    transforms = bone_transforms(SKELETON, angles)
    hand = SKELETON.joints[[Bone.LEFT_FOREARM, Bone.RIGHT_FOREARM]] - (0, 0, 0.25)
    head = SKELETON.joints[Bone.HEAD] + (0, 0, 0.12)
    placed = [
        transforms[bone, :, :3] @ point + transforms[bone, :, 3]
        for bone, point in zip((Bone.LEFT_FOREARM, Bone.RIGHT_FOREARM), hand, strict=True)
    ]
    return np.array(placed) - (transforms[Bone.HEAD, :, :3] @ head + transforms[Bone.HEAD, :, 3])


def test_hands_are_before_the_face_where_they_hide_it():
    for ahead, aside, up in hands("face in hands"):
        assert 0 < ahead < 0.4
        assert abs(aside) < 0.15
        assert abs(up) < 0.2


def test_a_raised_hand_is_over_the_head_and_the_other_is_not():
    left, right = hands("raise a hand")
    assert right[2] > 0.2
    assert left[2] < -0.2


def test_who_glances_left_turns_left():
    left, right = (sitting_pose(OCCUPATIONS["listen"], glance) for glance in (1.0, -1.0))
    assert left[Bone.HEAD, 2] > 0.4
    np.testing.assert_allclose(left[Bone.HEAD, 1:], -right[Bone.HEAD, 1:])
