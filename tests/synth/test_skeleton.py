import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from passerby.synth.skeleton import PARENTS, Bone, Skeleton, bone_transforms

SKELETON = Skeleton.of(1.75)


def test_measures_are_the_shares_of_the_height_in_the_book():
    joints = SKELETON.joints / 1.75
    assert joints[Bone.LEFT_FOOT, 2] == pytest.approx(0.039)
    assert joints[Bone.RIGHT_SHIN, 2] == pytest.approx(0.285)
    assert joints[Bone.LEFT_FOREARM, 2] == pytest.approx(0.63)
    assert (joints[Bone.LEFT_ARM] == joints[Bone.RIGHT_ARM] * (1, -1, 1)).all()


def test_at_rest_nothing_moves():
    transforms = bone_transforms(SKELETON, np.zeros((len(Bone), 3)))
    expected = np.broadcast_to(np.eye(3, 4), transforms.shape)
    np.testing.assert_allclose(transforms, expected, atol=1e-12)


def test_a_chain_of_bones_moves_as_rotations_about_its_joints_do():
    rng = np.random.default_rng(1)
    angles = rng.uniform(-1, 1, (len(Bone), 3))

    def moved(bone, point):
        """Turn about the bone's own joint, then hand on to its parent."""
        flexion, abduction, twist = angles[bone]
        turn = Rotation.from_euler("yxz", (-flexion, abduction, twist))
        point = SKELETON.joints[bone] + turn.apply(point - SKELETON.joints[bone])
        return moved(PARENTS[bone], point) if bone in PARENTS else point

    transforms = bone_transforms(SKELETON, angles)
    for bone in Bone:
        point = rng.uniform(-1, 1, 3)
        found = transforms[bone, :, :3] @ point + transforms[bone, :, 3]
        np.testing.assert_allclose(found, moved(bone, point), atol=1e-12)


@pytest.mark.parametrize(
    ("bone", "angle", "axis", "sign"),
    [
        (Bone.LEFT_THIGH, 0, 0, 1),  # flexion lifts the knee forwards
        (Bone.LEFT_ARM, 1, 1, 1),  # abduction lifts the left arm to the left
    ],
)
def test_angles_turn_the_way_their_names_say(bone, angle, axis, sign):
    angles = np.zeros((len(Bone), 3))
    angles[bone, angle] = 0.5
    child = bone + 1
    transform = bone_transforms(SKELETON, angles)[child]
    joint = SKELETON.joints[child]
    moved = transform[:, :3] @ joint + transform[:, 3] - joint
    assert sign * moved[axis] > 0.05
