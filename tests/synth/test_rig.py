import numpy as np
import pytest

from passerby.synth.mesh import box, loft
from passerby.synth.rig import along, rigid, skirt
from passerby.synth.skeleton import Bone

LEG = loft([(0, 0, 0, 0.1, 0.1), (1, 0, 0, 0.1, 0.1)], count=11)


def share(piece, bone):
    """How much of each vertex follows ``bone``."""
    first, second = piece.bones.T
    return np.where(first == bone, piece.weights, 0) + np.where(
        second == bone, 1 - piece.weights, 0
    )


def test_a_stiff_thing_follows_its_bone():
    np.testing.assert_allclose(share(rigid(LEG, Bone.HEAD), Bone.HEAD), 1)


def test_a_limb_follows_each_bone_between_its_joints_and_both_at_a_joint():
    piece = along(LEG, [Bone.LEFT_SHIN, Bone.LEFT_THIGH, Bone.PELVIS], [0.4, 0.8], softness=0.05)
    z = LEG.vertices[:, 2]
    for bone, low, high in (
        (Bone.LEFT_SHIN, 0.0, 0.35),
        (Bone.LEFT_THIGH, 0.45, 0.75),
        (Bone.PELVIS, 0.85, 1.0),
    ):
        np.testing.assert_allclose(share(piece, bone)[(z >= low) & (z <= high)], 1)
    at_knee = np.isclose(z, 0.4)
    assert share(piece, Bone.LEFT_SHIN)[at_knee] == pytest.approx(0.5)
    assert share(piece, Bone.LEFT_THIGH)[at_knee] == pytest.approx(0.5)


def test_a_skirt_is_pushed_by_the_thigh_of_its_side_and_hangs_from_the_hips():
    cloth = box((0.3, 0.4, 0.6), (0.5, 0.5, 0.5), bottom=0.5)
    piece = skirt(cloth, hip=0.9, follow=0.8)
    y, z = cloth.vertices[:, 1], cloth.vertices[:, 2]
    left, right = share(piece, Bone.LEFT_THIGH), share(piece, Bone.RIGHT_THIGH)
    np.testing.assert_allclose(left[(y > 0) & (z < 0.6)], 0.8)
    np.testing.assert_allclose(right[(y < 0) & (z < 0.6)], 0.8)
    np.testing.assert_allclose(share(piece, Bone.PELVIS)[z > 1], 1)
