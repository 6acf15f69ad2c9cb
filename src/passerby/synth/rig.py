"""Ties surfaces to the bones that they follow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.synth.camera import Array
from passerby.synth.mesh import Mesh
from passerby.synth.skeleton import Bone

__all__ = ["Piece", "along", "rigid", "skirt"]


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a person's surface.

    Attributes:
        mesh: In the coordinates of the resting body.
        bones: Shape (v, 2), the two bones that each vertex follows.
        weights: Shape (v,), the share of the first of them, 0-1.
    """

    mesh: Mesh
    bones: npt.NDArray[np.intp]
    weights: Array


def _smooth(share: Array) -> Array:
    inside = np.clip(share, 0, 1)
    return inside * inside * (3 - 2 * inside)


def rigid(mesh: Mesh, bone: Bone) -> Piece:
    """All of ``mesh`` follows one bone."""
    count = len(mesh.vertices)
    return Piece(mesh, np.full((count, 2), bone, np.intp), np.ones(count))


def along(
    mesh: Mesh, bones: Sequence[Bone], joints: Sequence[float], softness: float = 0.05
) -> Piece:
    """The surface of a limb bends around its joints.

    Args:
        mesh: Of the limb, upright.
        bones: From the lowest to the highest.
        joints: Heights between them in metres, one fewer than bones, rising.
        softness: Metres above and below a joint in which the surface follows both bones.
    """
    z = mesh.vertices[:, 2]
    heights = np.asarray(joints)
    nearest = np.abs(z[:, None] - heights).argmin(axis=1)
    lower, upper = np.asarray(bones)[nearest], np.asarray(bones)[nearest + 1]
    share = _smooth((z - heights[nearest]) / (2 * softness) + 0.5)
    return Piece(mesh, np.stack([upper, lower], axis=1).astype(np.intp), share)


def skirt(mesh: Mesh, hip: float, *, follow: float = 0.85) -> Piece:
    """Cloth around both legs: hangs from the pelvis and is pushed by the nearer thigh.

    Args:
        mesh: Of the cloth.
        hip: Height of the hip joints in metres.
        follow: Share of a thigh's motion that the cloth at its side takes over.
    """
    y, z = mesh.vertices[:, 1], mesh.vertices[:, 2]
    thigh = np.where(y > 0, Bone.LEFT_THIGH, Bone.RIGHT_THIGH)
    sideways = _smooth(np.abs(y) / max(float(np.abs(y).max()), 1e-6) * 2)
    below = _smooth((hip + 0.05 - z) / 0.2)
    bones = np.stack([np.full(len(y), Bone.PELVIS), thigh], axis=1).astype(np.intp)
    return Piece(mesh, bones, 1 - follow * sideways * below)
