"""The bags that people carry."""

import numpy as np

from passerby.synth.identity import Identity
from passerby.synth.mesh import loft
from passerby.synth.rig import Piece, rigid
from passerby.synth.skeleton import Bone

__all__ = ["bag"]

# For a body of height 1: bone that carries it; rings of z, x, y, half depth, half width.
_BAGS = {
    "backpack": (
        Bone.CHEST,
        [
            (0.64, -0.085, 0, 0.035, 0.065),
            (0.68, -0.095, 0, 0.048, 0.078),
            (0.78, -0.090, 0, 0.040, 0.074),
            (0.82, -0.080, 0, 0.020, 0.055),
        ],
    ),
    "shoulder": (
        Bone.PELVIS,
        [
            (0.47, -0.01, -0.135, 0.075, 0.022),
            (0.52, -0.01, -0.135, 0.080, 0.028),
            (0.60, -0.01, -0.130, 0.070, 0.018),
        ],
    ),
    "hand": (
        Bone.RIGHT_FOREARM,
        [
            (0.22, 0.01, -0.118, 0.085, 0.030),
            (0.26, 0.01, -0.118, 0.085, 0.034),
            (0.34, 0.01, -0.118, 0.070, 0.022),
            (0.41, 0.01, -0.118, 0.012, 0.006),
        ],
    ),
    "case": (
        Bone.LEFT_FOREARM,
        [
            (0.20, 0.01, 0.118, 0.110, 0.028),
            (0.36, 0.01, 0.118, 0.110, 0.028),
            (0.37, 0.01, 0.118, 0.020, 0.010),
            (0.41, 0.01, 0.118, 0.018, 0.008),
        ],
    ),
}


def bag(identity: Identity) -> list[Piece]:
    """Build what ``identity`` carries; an empty list for nothing."""
    if identity.bag == "none":
        return []
    bone, rings = _BAGS[identity.bag]
    scaled = np.array(rings) * identity.stature
    return [rigid(loft(scaled, identity.bag_colour, count=7, sides=10, squareness=3.5), bone)]
