"""How people hold themselves who sit: as angles of the skeleton's bones."""

from dataclasses import dataclass

import numpy as np

from passerby.synth.camera import Array
from passerby.synth.gait import ARMS_AT_REST
from passerby.synth.skeleton import Bone

__all__ = ["OCCUPATIONS", "Occupation", "sitting_pose"]


@dataclass(frozen=True)
class Occupation:
    """What somebody who sits is busy with; all angles in radians.

    Attributes:
        arms: Flexion of the shoulder, flexion of the elbow, inward twist of the upper arm.
        both: Whether both arms do it, or only the right one.
        stoop: Of the trunk forwards.
        nod: Of the head forwards.
        turn: Of the head to either side, at most.
    """

    arms: tuple[float, float, float]
    both: bool = True
    stoop: float = 0.0
    nod: float = 0.0
    turn: float = 0.5


OCCUPATIONS = {
    "listen": Occupation((0.5, 0.9, 0.35)),
    "talk": Occupation((0.6, 1.1, 0.3), turn=1.3),
    "fold": Occupation(ARMS_AT_REST["fold"]),
    "write": Occupation((0.75, 1.1, 0.4), stoop=0.3, nod=0.5, turn=0.25),
    "read": Occupation((0.7, 1.6, 0.35), stoop=0.1, nod=0.4, turn=0.1),
    "phone": Occupation(ARMS_AT_REST["phone"], nod=0.45, turn=0.2),
    "chin in hand": Occupation((0.95, 2.25, 0.45), both=False, stoop=0.2, nod=0.1),
    "face in hands": Occupation((1.2, 2.2, 0.5), stoop=0.25, nod=0.35, turn=0.1),
    "raise a hand": Occupation((2.75, 0.25, 0.0), both=False),
    "sleep": Occupation((1.35, 1.5, 0.9), stoop=0.75, nod=0.5),
}
"""By name, about as common as each other."""


def sitting_pose(occupation: Occupation, glance: float) -> Array:
    """Return the angles of all bones of somebody who sits.

    Args:
        occupation: What they do.
        glance: Where they look, and where they lean: -1 for far right to 1 for far left.

    Returns:
        Shape (13, 3), radians, as `passerby.synth.skeleton.bone_transforms` takes them.
    """
    angles = np.zeros((len(Bone), 3))
    for thigh, side in ((Bone.LEFT_THIGH, 1), (Bone.RIGHT_THIGH, -1)):
        angles[thigh : thigh + 2, 0] = 1.5, -1.5
        angles[thigh, 1] = side * 0.1
    for arm, side in ((Bone.LEFT_ARM, 1), (Bone.RIGHT_ARM, -1)):
        busy = occupation.both or side < 0
        shoulder, elbow, twist = occupation.arms if busy else OCCUPATIONS["listen"].arms
        angles[arm] = shoulder, side * 0.1, -side * twist
        angles[arm + 1, 0] = elbow
    angles[Bone.CHEST] = -occupation.stoop, -0.12 * glance, 0.2 * glance
    angles[Bone.HEAD] = -occupation.nod, 0.1 * glance, occupation.turn * glance
    return angles
