"""The surface of a head: face, hair and hat."""

import numpy as np

from passerby.synth.identity import Identity
from passerby.synth.mesh import Mesh, grid_colours, loft, patch
from passerby.synth.rig import Piece, along, rigid
from passerby.synth.skeleton import Bone

__all__ = ["head"]

# Rings of a body of height 1, from below: z, centre x, centre y, half depth, half width.
SKULL = np.array(
    [
        (0.866, 0.020, 0, 0.018, 0.016),
        (0.874, 0.018, 0, 0.034, 0.026),
        (0.890, 0.013, 0, 0.045, 0.035),
        (0.915, 0.009, 0, 0.051, 0.041),
        (0.945, 0.006, 0, 0.055, 0.044),
        (0.970, 0.003, 0, 0.052, 0.043),
        (0.988, 0.0, 0, 0.040, 0.034),
        (1.0, 0.0, 0, 0.012, 0.010),
    ]
)
NOSE = np.array(
    [
        (0.905, 0.060, 0, 0.012, 0.009),
        (0.912, 0.060, 0, 0.013, 0.008),
        (0.938, 0.058, 0, 0.004, 0.004),
    ]
)
EAR = np.array([(0.912, -0.002, 0.044, 0.008, 0.005), (0.945, -0.004, 0.044, 0.012, 0.006)])
DARK = np.array([0.1, 0.1, 0.13])
CAP = np.array(
    [
        (0.955, 0.002, 0, 0.060, 0.049),
        (0.975, 0.0, 0, 0.058, 0.048),
        (0.997, 0.0, 0, 0.045, 0.038),
        (1.012, 0.0, 0, 0.012, 0.012),
    ]
)
PEAK = np.array([(0.954, 0.060, 0, 0.046, 0.036), (0.958, 0.058, 0, 0.046, 0.036)])
BEANIE = np.array(
    [
        (0.945, 0.002, 0, 0.061, 0.050),
        (0.975, 0.0, 0, 0.060, 0.049),
        (1.01, -0.006, 0, 0.046, 0.039),
        (1.03, -0.010, 0, 0.016, 0.014),
    ]
)
BRIM = np.array([(0.958, 0.0, 0, 0.100, 0.092), (0.963, 0.0, 0, 0.100, 0.092)])
CROWN = np.array(
    [(0.960, 0, 0, 0.058, 0.048), (1.0, 0, 0, 0.054, 0.045), (1.02, 0, 0, 0.040, 0.032)]
)
SCARF = np.array(
    [
        (0.80, -0.005, 0, 0.060, 0.075),
        (0.85, 0.0, 0, 0.048, 0.050),
        (0.90, 0.0, 0, 0.058, 0.049),
        (0.95, 0.0, 0, 0.062, 0.050),
        (0.985, -0.003, 0, 0.050, 0.042),
        (1.006, -0.003, 0, 0.014, 0.014),
    ]
)
HAIR_LENGTHS = {"short": 0.905, "bob": 0.865, "long": 0.79, "bun": 0.895, "curls": 0.885}


def head(identity: Identity) -> list[Piece]:
    """Build head, hair and hat of ``identity``."""
    pieces = [rigid(Mesh.joined([_skull(identity), *_face(identity)]).as_one_part(), Bone.HEAD)]
    if identity.hair_style != "bald" and identity.hat != "scarf":
        pieces.append(_hair(identity))
    if identity.hair_style == "bun" and identity.hat in ("none", "cap"):
        bun = [
            (0.95, -0.062, 0, 0.01, 0.01),
            (0.968, -0.066, 0, 0.024, 0.026),
            (0.986, -0.06, 0, 0.01, 0.01),
        ]
        pieces.append(
            rigid(loft(np.array(bun) * identity.stature, identity.hair, count=5), Bone.HEAD)
        )
    return pieces + [rigid(mesh, Bone.HEAD) for mesh in _hat(identity)]


def _skull(identity: Identity) -> Mesh:
    count, sides = 10, 14
    up, angle = grid_colours(count, sides)
    colours = np.broadcast_to(np.array(identity.skin), (*up.shape, 3)).copy()
    if identity.hair_style != "bald":
        colours[(up > 0.78) | ((np.abs(angle) > 1.9) & (up > 0.35))] = identity.hair
    if identity.beard:
        bearded = (up < 0.26) & (np.abs(angle) < 1.9)
        colours[bearded] = 0.75 * np.array(identity.hair) + 0.25 * np.array(identity.skin)
    return loft(SKULL * identity.stature, colours, count=count, sides=sides)


def _face(identity: Identity) -> list[Mesh]:
    """Nose, ears, mouth, eyes, brows and glasses."""
    stature, skin = identity.stature, np.array(identity.skin)
    brow = np.array(identity.hair) if identity.hair_style != "bald" else skin * 0.5
    white = np.array([0.85, 0.87, 0.9]) * (0.6 + 0.4 * skin[2])
    # Distance ahead, height, half width, half height, colour; twice, left and right.
    paired = [
        (0.0565, 0.936, 0.011, 0.006, skin * 0.78),
        (0.057, 0.935, 0.0085, 0.0036, white),
        (0.0575, 0.935, 0.0038, 0.0036, DARK),
        (0.0575, 0.9465, 0.012, 0.0022, brow * 0.6 + skin * 0.3),
    ]
    if identity.glasses:
        paired.append((0.062, 0.936, 0.0145, 0.009, DARK))
        paired.append((0.063, 0.936, 0.0125, 0.007, skin * 0.6 + 0.12))
    mouth = patch(
        (0.062 * stature, 0, 0.8905 * stature), 0.013 * stature, 0.0032 * stature, identity.lips
    )
    eyes = [
        patch((x * stature, side * 0.018 * stature, z * stature), w * stature, h * stature, colour)
        for x, z, w, h, colour in paired
        for side in (1, -1)
    ]
    ears = [
        loft(EAR * (1, 1, side, 1, 1) * stature, skin * 0.92, count=3, sides=6) for side in (1, -1)
    ]
    return [loft(NOSE * stature, skin, count=4, sides=6), *ears, mouth, *eyes]


def _hair(identity: Identity) -> Piece:
    end, stature = HAIR_LENGTHS[identity.hair_style], identity.stature
    thick = 0.016 if identity.hair_style == "curls" else 0.005
    if identity.hat != "none":
        thick = 0.002
    top = SKULL[3:].copy()
    top[:, 3:] += thick
    top[-2:, 0] += thick
    top[:, 1] -= 0.004
    low = [(end, -0.014, 0, 0.040, 0.045 + thick / 2), (0.90, -0.006, 0, 0.048, 0.043 + thick)]
    rings = np.array([row for row in low if row[0] < 0.915] + top.tolist())
    count, sides = 10, 14
    up, angle = grid_colours(count, sides)
    z = end + up * (rings[-1, 0] - end)
    # The face stays free: in front up to the forehead, at the sides to the temples or the ears.
    bare = np.where(z < 0.965, 1.25 if identity.hair_style in ("long", "bob") else 1.55, 0.0)
    bare = np.where(z < 0.93, np.where(end < 0.88, 1.35, 1.9), bare)
    shade = np.array(identity.hair) * (0.9 + 0.2 * up)[..., None]
    mesh = loft(rings * stature, shade, count=count, sides=sides, keep=np.abs(angle) >= bare)
    return along(mesh, [Bone.CHEST, Bone.HEAD], [0.83 * stature])


def _hat(identity: Identity) -> list[Mesh]:
    stature, colour = identity.stature, np.array(identity.hat_colour)
    if identity.hat == "none":
        return []
    if identity.hat == "cap":
        return [
            loft(CAP * stature, colour, count=7, sides=14),
            loft(PEAK * stature, colour * 0.8, count=2),
        ]
    if identity.hat == "beanie":
        return [loft(BEANIE * stature, colour, count=8, sides=14)]
    if identity.hat == "brim":
        brim = loft(BRIM * stature, colour * 0.9, count=2, sides=16)
        return [brim, loft(CROWN * stature, colour, count=6, sides=14)]
    up, angle = grid_colours(12, 16)
    bare = (np.abs(angle) < 1.0) & (up > 0.36) & (up < 0.84)
    return [loft(SCARF * stature, colour, count=12, sides=16, keep=~bare)]
