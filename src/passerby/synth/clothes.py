"""The surface of a person below the head: trunk and limbs as their clothes show them."""

import numpy as np

from passerby.synth.camera import Array
from passerby.synth.identity import Identity
from passerby.synth.luggage import bag
from passerby.synth.mesh import grid_colours, loft
from passerby.synth.pattern import paint
from passerby.synth.rig import Piece, along, rigid, skirt
from passerby.synth.skeleton import Bone
from passerby.synth.wardrobe import Garment

__all__ = ["clothes"]

# Rings of a body of height 1, from below: z, centre x, half depth, half width.
TRUNK = np.array(
    [
        (0.49, -0.004, 0.055, 0.088),
        (0.54, -0.006, 0.064, 0.096),
        (0.61, 0.002, 0.055, 0.082),
        (0.67, 0.003, 0.058, 0.086),
        (0.73, 0.003, 0.066, 0.097),
        (0.78, -0.002, 0.062, 0.103),
        (0.81, -0.006, 0.050, 0.104),
        (0.828, -0.008, 0.042, 0.088),
        (0.844, -0.008, 0.036, 0.056),
        (0.858, -0.004, 0.031, 0.034),
        (0.885, 0.004, 0.029, 0.030),
    ]
)
ARM = np.array(
    [
        (0.375, 0.012, 0.008, 0.006),
        (0.40, 0.010, 0.018, 0.009),
        (0.44, 0.006, 0.024, 0.011),
        (0.485, 0.0, 0.016, 0.013),
        (0.58, 0.0, 0.025, 0.022),
        (0.635, -0.002, 0.024, 0.023),
        (0.70, 0.0, 0.029, 0.026),
        (0.77, 0.0, 0.032, 0.028),
        (0.805, -0.003, 0.030, 0.026),
        (0.826, -0.006, 0.014, 0.012),
    ]
)
LEG = np.array(
    [
        (0.03, -0.008, 0.024, 0.021),
        (0.06, -0.010, 0.023, 0.020),
        (0.12, -0.012, 0.028, 0.024),
        (0.20, -0.012, 0.036, 0.031),
        (0.27, -0.002, 0.034, 0.032),
        (0.31, 0.002, 0.036, 0.034),
        (0.40, 0.004, 0.046, 0.043),
        (0.48, 0.0, 0.055, 0.050),
        (0.53, -0.004, 0.052, 0.046),
    ]
)
SHOE = np.array(
    [
        (0.0, 0.030, 0.078, 0.026),
        (0.016, 0.030, 0.080, 0.028),
        (0.032, 0.020, 0.064, 0.026),
        (0.050, -0.004, 0.034, 0.024),
        (0.062, -0.008, 0.027, 0.023),
    ]
)
SLEEVE_ENDS = {"t-shirt": 0.68, "dress": 0.72}
HEMS = {"shorts": 0.31, "skirt": 0.32, "trousers": 0.03, "jeans": 0.03}
TOP_HEMS = {"dress": 0.5, "jacket": 0.48, "coat": 0.5, "sweater": 0.5}


def clothes(identity: Identity) -> list[Piece]:
    """Build everything of ``identity`` below the head."""
    pieces = [_trunk(identity), *bag(identity)]
    for side in (1, -1):
        pieces += [_arm(identity, side), _leg(identity, side), _shoe(identity, side)]
    if identity.top.kind == "coat":
        pieces.append(_around_the_legs(identity, identity.top, 0.34, 0.62))
    if identity.top.kind == "dress":
        pieces.append(_around_the_legs(identity, identity.top, 0.3, 0.62))
    elif identity.bottom.kind == "skirt":
        pieces.append(_around_the_legs(identity, identity.bottom, HEMS["skirt"], 0.6))
    return pieces


def _rings(template: Array, identity: Identity, y: float = 0.0, girth: float = 1.0) -> Array:
    """Scale a template to a person: z, centre x, centre y, half depth, half width in metres."""
    z, x, depth, width = template.T
    middle = np.full(len(z), y / identity.stature)
    return np.column_stack([z, x, middle, depth * girth, width * girth]) * identity.stature


def _trunk(identity: Identity) -> Piece:
    stature = identity.stature
    count, sides = 16, 14
    up, angle = grid_colours(count, sides)
    z = TRUNK[0, 0] + up * (TRUNK[-1, 0] - TRUNK[0, 0])
    rings = _rings(_trunk_template(identity), identity)
    colours = _trunk_colours(identity, z, angle)
    mesh = loft(rings, colours, count=count, sides=sides, squareness=2.4)
    # Where trunk and thighs meet, the trunk's cloth lies outside.
    mesh.lift[z.ravel() < 0.58] = 0.05
    joints = [0.62 * stature, 0.86 * stature]
    return along(mesh, [Bone.PELVIS, Bone.CHEST, Bone.HEAD], joints)


def _trunk_template(identity: Identity) -> Array:
    """Fit the trunk to the width of shoulders and hips, the build, the bust and the cloth."""
    template = TRUNK.copy()
    z = template[:, 0]
    joints = identity.skeleton.joints / identity.stature
    shoulders, hips = joints[Bone.LEFT_ARM, 1] / 0.112, joints[Bone.LEFT_THIGH, 1] / 0.054
    below_neck = z < 0.84
    template[:, 3] *= np.where(z > 0.65, np.where(below_neck, shoulders, 1), hips)
    template[below_neck, 2] *= identity.build**1.5 * identity.top.width
    template[below_neck, 3] *= identity.build * identity.top.width**0.5
    template[2:4, 3] += 0.006 * (1 - identity.bust)
    bust = np.exp(-(((z - 0.725) / 0.035) ** 2)) * identity.bust
    template[:, 1] += 0.012 * bust
    template[:, 2] += 0.010 * bust
    return template


def _trunk_colours(identity: Identity, z: Array, angle: Array) -> Array:
    """The top from hem to neck, the bottom below it, and skin above."""
    top = identity.top
    hem = TOP_HEMS.get(top.kind, 0.53)
    colours = paint(top, (z - hem) / (0.84 - hem), angle)
    if top.kind in ("jacket", "coat"):
        is_open = (np.abs(angle) < 0.35) & (z > hem + 0.04)
        colours = np.where(is_open[..., None], top.second, colours)
    colours = np.where((z < hem)[..., None], paint(identity.bottom, z, angle), colours)
    neck = (z > 0.85) | ((z > 0.84) & (np.abs(angle) < 0.5))
    return np.where(neck[..., None], identity.skin, colours)


def _arm(identity: Identity, side: int) -> Piece:
    bone = Bone.LEFT_ARM if side > 0 else Bone.RIGHT_ARM
    y = identity.skeleton.joints[bone, 1] * (0.7 + 0.3 * identity.build)
    count, sides = 11, 8
    up, angle = grid_colours(count, sides)
    z = 0.375 + up * (0.826 - 0.375)
    sleeve = SLEEVE_ENDS.get(identity.top.kind, 0.485)
    cloth = paint(identity.top, (z - 0.53) / 0.31, angle)
    colours = np.where((z > sleeve)[..., None], cloth, identity.skin)
    template = ARM.copy()
    template[:, 2:] *= identity.build
    template[template[:, 0] > sleeve, 2:] *= identity.top.width**1.5
    mesh = loft(_rings(template, identity, y), colours, count=count, sides=sides)
    joints = [0.63 * identity.stature, 0.8 * identity.stature]
    return along(mesh, [Bone(bone + 1), bone, Bone.CHEST], joints, softness=0.04)


def _leg(identity: Identity, side: int) -> Piece:
    bone = Bone.LEFT_THIGH if side > 0 else Bone.RIGHT_THIGH
    bottom, stature = identity.bottom, identity.stature
    bare = identity.top.kind == "dress"
    hem = 0.5 if bare else HEMS[bottom.kind]
    count, sides = 12, 10
    up, angle = grid_colours(count, sides)
    z = 0.03 + up * 0.5
    colours = np.where((z >= hem)[..., None], paint(bottom, up, angle), identity.skin)
    template = LEG.copy()
    template[:, 2:] *= identity.build
    covered = template[:, 0] >= hem
    template[covered, 2:] *= bottom.width
    if not bare and bottom.kind == "trousers":
        template[:4, 2:] *= 1.3
    y = identity.skeleton.joints[bone, 1]
    mesh = loft(_rings(template, identity, y), colours, count=count, sides=sides)
    joints = [0.285 * stature, 0.5 * stature]
    return along(mesh, [Bone(bone + 1), bone, Bone.PELVIS], joints)


def _shoe(identity: Identity, side: int) -> Piece:
    bone = Bone.LEFT_FOOT if side > 0 else Bone.RIGHT_FOOT
    y = identity.skeleton.joints[bone, 1]
    rings = _rings(SHOE, identity, y)
    return rigid(loft(rings, identity.shoes, count=4, sides=8, squareness=2.5), bone)


def _around_the_legs(identity: Identity, garment: Garment, low: float, high: float) -> Piece:
    flare = 1.1 if garment.kind == "coat" else 1.25
    template = np.array(
        [
            (low, 0.0, 0.085 * flare, 0.105 * flare),
            (0.5, -0.003, 0.078, 0.108),
            (0.55, -0.005, 0.070, 0.102),
            (high, 0.002, 0.060, 0.088),
        ]
    )
    count, sides = 8, 14
    up, angle = grid_colours(count, sides)
    colours = paint(garment, up, angle)
    mesh = loft(_rings(template, identity, girth=identity.build), colours, count=count, sides=sides)
    mesh.lift[:] = 0.03
    return skirt(mesh, 0.52 * identity.stature)
