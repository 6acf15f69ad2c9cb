"""How people hold themselves: a walk cycle and standing, as angles of the skeleton's bones."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from passerby.synth.camera import Array
from passerby.synth.skeleton import Bone

__all__ = ["Gait", "pose"]

WALKING_SPEED = 1.35
"""Metres a second at which the walk cycle has its full swing."""


@dataclass(frozen=True)
class Gait:
    """What is a person's own in the way they walk and stand.

    Attributes:
        speed: Preferred, in metres a second.
        stride: Two steps in metres, at the preferred speed.
        arm_swing: Over the average swing.
        lean: Of the trunk forwards, in radians.
        sway: Turn of hips and shoulders over the average.
        toe_out: Turn of the feet outwards, in radians.
        rest: How the person stands: "hang", "fold", "phone", "pockets" or "hips".
    """

    speed: float
    stride: float
    arm_swing: float
    lean: float
    sway: float
    toe_out: float
    rest: str

    @classmethod
    def random(cls, rng: np.random.Generator, height: float) -> Self:
        """Draw the gait of a person of ``height`` metres."""
        return cls(
            speed=float(rng.normal(1.25, 0.15)),
            stride=float(height * rng.normal(0.8, 0.04)),
            arm_swing=float(rng.uniform(0.4, 1.4)),
            lean=float(rng.normal(0.04, 0.03)),
            sway=float(rng.uniform(0.5, 1.6)),
            toe_out=float(rng.uniform(0.0, 0.25)),
            rest=str(rng.choice(["hang", "hang", "fold", "phone", "pockets", "hips"])),
        )


ARMS_AT_REST = {
    "hang": (0.05, 0.2, 0.0),
    "fold": (0.45, 1.75, 0.95),
    "phone": (0.45, 1.9, 0.45),
    "pockets": (-0.25, 0.75, 0.05),
    "hips": (-0.35, 1.3, -0.2),
}
"""Flexion of the shoulder, flexion of the elbow, inward twist of the upper arm; radians."""


def _bump(phase: float, middle: float, width: float) -> float:
    """A smooth rise and fall once a cycle; all three in shares of a cycle."""
    distance = (phase - middle + 0.5) % 1 - 0.5
    return float(np.exp(-((distance / width) ** 2)))


def _leg(phase: float) -> tuple[float, float, float]:
    """Flexion of hip, knee and ankle in degrees at ``phase`` of the cycle from heel strike on.

    The sums of bumps follow the normal curves of Perry and Burnfield, "Gait Analysis" (2010).
    """
    hip = 9 + 22 * np.cos(2 * np.pi * (phase - 0.02)) + 5 * _bump(phase, 0.85, 0.1)
    knee = 4 + 14 * _bump(phase, 0.14, 0.07) + 56 * _bump(phase, 0.72, 0.1)
    ankle = 9 * _bump(phase, 0.42, 0.15) - 18 * _bump(phase, 0.63, 0.07)
    return float(hip), knee, ankle


def _walking(gait: Gait, phase: float, swing: float) -> Array:
    angles = np.zeros((len(Bone), 3))
    for thigh, offset in ((Bone.LEFT_THIGH, 0.0), (Bone.RIGHT_THIGH, 0.5)):
        hip, knee, ankle = np.radians(_leg((phase + offset) % 1)) * swing
        angles[thigh : thigh + 3, 0] = hip, -knee, ankle
    beat = np.cos(2 * np.pi * phase) * swing
    for arm, side in ((Bone.LEFT_ARM, -1), (Bone.RIGHT_ARM, 1)):
        forwards = side * beat * gait.arm_swing
        angles[arm, 0] = 0.36 * forwards
        angles[arm + 1, 0] = 0.3 + 0.2 * max(forwards, 0)
    angles[Bone.PELVIS, 2] = -0.09 * beat * gait.sway
    angles[Bone.CHEST, 2] = 0.2 * beat * gait.sway
    angles[Bone.PELVIS, 1] = 0.04 * np.sin(2 * np.pi * phase) * swing * gait.sway
    angles[Bone.CHEST, 1] = -angles[Bone.PELVIS, 1]
    return angles


def _standing(gait: Gait, time: float) -> Array:
    angles = np.zeros((len(Bone), 3))
    shift = np.sin(0.6 * time + 10 * gait.sway)
    angles[Bone.PELVIS, 1] = 0.04 * shift
    angles[Bone.CHEST, 1] = -0.05 * shift
    angles[Bone.CHEST, 2] = 0.05 * np.sin(0.37 * time + gait.lean)
    angles[Bone.HEAD, 2] = 0.5 * np.sin(0.45 * time + 20 * gait.toe_out)
    both = gait.rest != "phone"
    for arm, side in ((Bone.LEFT_ARM, 1), (Bone.RIGHT_ARM, -1)):
        rest = gait.rest if both or side < 0 else "hang"
        shoulder, elbow, twist = ARMS_AT_REST[rest]
        angles[arm, 0] = shoulder
        angles[arm, 2] = -side * twist
        angles[arm + 1, 0] = elbow
    bend = 0.12 * max(shift, 0)
    angles[Bone.LEFT_THIGH : Bone.LEFT_FOOT + 1, 0] = bend, -2 * bend, bend
    angles[Bone.LEFT_THIGH, 1], angles[Bone.RIGHT_THIGH, 1] = 0.07, -0.07
    return angles


def pose(gait: Gait, phase: float, speed: float, time: float) -> Array:
    """Return the angles of all bones of somebody who moves at ``speed``.

    Args:
        gait: Of the person.
        phase: Of the walk cycle, where 0 and 1 are the left heel's strike.
        speed: In metres a second; 0 is standing.
        time: In seconds, for what moves in somebody who stands.

    Returns:
        Shape (13, 3), radians, as `passerby.synth.skeleton.bone_transforms` takes them.
    """
    moving = float(np.clip(speed / 0.5, 0, 1))
    swing = float(np.clip(speed / WALKING_SPEED, 0.3, 1.25))
    angles = moving * _walking(gait, phase, swing) + (1 - moving) * _standing(gait, time)
    angles[Bone.CHEST, 0] -= gait.lean
    angles[Bone.HEAD, 0] += 0.8 * gait.lean
    for arm, thigh, side in ((Bone.LEFT_ARM, Bone.LEFT_THIGH, 1), (5, 10, -1)):
        angles[arm, 1] += side * 0.1
        angles[thigh, 2] += side * gait.toe_out
    return angles
