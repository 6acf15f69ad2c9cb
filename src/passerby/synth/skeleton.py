"""A skeleton of 13 bones, its resting measures and its forward kinematics.

Body coordinates are metres: x forwards, y to the person's left, z up from the sole. At rest the
person stands upright with hanging arms.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import numpy as np

from passerby.synth.camera import Array

__all__ = ["PARENTS", "Bone", "Skeleton", "bone_transforms"]


class Bone(IntEnum):
    """The parts of the body that move as one; named after the joint at their upper end."""

    PELVIS = 0
    CHEST = 1
    HEAD = 2
    LEFT_ARM = 3
    LEFT_FOREARM = 4
    RIGHT_ARM = 5
    RIGHT_FOREARM = 6
    LEFT_THIGH = 7
    LEFT_SHIN = 8
    LEFT_FOOT = 9
    RIGHT_THIGH = 10
    RIGHT_SHIN = 11
    RIGHT_FOOT = 12


PARENTS = {
    Bone.CHEST: Bone.PELVIS,
    Bone.HEAD: Bone.CHEST,
    Bone.LEFT_ARM: Bone.CHEST,
    Bone.LEFT_FOREARM: Bone.LEFT_ARM,
    Bone.RIGHT_ARM: Bone.CHEST,
    Bone.RIGHT_FOREARM: Bone.RIGHT_ARM,
    Bone.LEFT_THIGH: Bone.PELVIS,
    Bone.LEFT_SHIN: Bone.LEFT_THIGH,
    Bone.LEFT_FOOT: Bone.LEFT_SHIN,
    Bone.RIGHT_THIGH: Bone.PELVIS,
    Bone.RIGHT_SHIN: Bone.RIGHT_THIGH,
    Bone.RIGHT_FOOT: Bone.RIGHT_SHIN,
}
"""Every bone but the pelvis hangs on another; parents come before their children."""


@dataclass(frozen=True, eq=False)
class Skeleton:
    """Where the joints of a resting person lie.

    Attributes:
        height: Of the person without hair, hat and shoes, in metres.
        joints: Shape (13, 3), metres, indexed by `Bone`.
    """

    height: float
    joints: Array

    @classmethod
    def of(cls, height: float, shoulders: float = 1.0, hips: float = 1.0) -> Self:
        """Build the skeleton of a person.

        The shares of the height are those of Drillis and Contini, "Body Segment Parameters"
        (1966), as figure 4.1 of Winter, "Biomechanics and Motor Control of Human Movement".

        Args:
            height: In metres.
            shoulders: Width of the shoulders over the average width.
            hips: Width of the hips over the average width.
        """
        shoulder, hip = 0.112 * shoulders, 0.054 * hips
        shares = np.zeros((len(Bone), 3))
        shares[Bone.PELVIS] = 0, 0, 0.53
        shares[Bone.CHEST] = 0, 0, 0.62
        shares[Bone.HEAD] = 0, 0, 0.86
        for side, arm, thigh in ((1, Bone.LEFT_ARM, Bone.LEFT_THIGH), (-1, 5, 10)):
            shares[arm] = 0, side * shoulder, 0.815
            shares[arm + 1] = 0, side * shoulder, 0.63
            shares[thigh] = 0, side * hip, 0.52
            shares[thigh + 1] = 0, side * hip, 0.285
            shares[thigh + 2] = -0.01, side * hip, 0.039
        return cls(height, shares * height)


def _rotations(angles: Array) -> Array:
    """Turn flexion (about y), abduction (about x) and twist (about z) into matrices.

    Args:
        angles: Shape (n, 3), radians.

    Returns:
        Shape (n, 3, 3): twist after abduction after flexion.
    """
    (fc, ac, tc), (fs, as_, ts) = np.cos(angles).T, np.sin(angles).T
    # Flexion lifts a hanging limb forwards, which is a negative turn about y.
    return np.stack(
        [
            np.stack([tc * fc + ts * as_ * fs, -ts * ac, -tc * fs + ts * as_ * fc], -1),
            np.stack([ts * fc - tc * as_ * fs, tc * ac, -ts * fs - tc * as_ * fc], -1),
            np.stack([ac * fs, as_, ac * fc], -1),
        ],
        axis=1,
    )


def bone_transforms(skeleton: Skeleton, angles: Array) -> Array:
    """Pose the skeleton by turning each bone about the joint at its upper end.

    Args:
        skeleton: At rest.
        angles: Shape (13, 3), radians: flexion, abduction and twist of each bone in its parent.

    Returns:
        Shape (13, 3, 4): takes points of the resting body to the posed body.
    """
    rotations = _rotations(angles)
    transforms = np.empty((len(Bone), 3, 4))
    for bone in Bone:
        pivot = skeleton.joints[bone]
        local, turned = rotations[bone], pivot
        if bone in PARENTS:
            parent = transforms[PARENTS[bone]]
            local = parent[:, :3] @ local
            turned = parent[:, :3] @ pivot + parent[:, 3]
        transforms[bone, :, :3] = local
        transforms[bone, :, 3] = turned - local @ pivot
    return transforms
