"""Drawing surfaces: lit quads filled back to front."""

import cv2
import numpy as np
import numpy.typing as npt

from passerby.synth.camera import Array
from passerby.synth.light import Light
from passerby.synth.mesh import Mesh
from passerby.synth.sprite import Sprite

__all__ = ["draw"]

SHIFT = 4
"""Binary digits after the point in the corners that OpenCV is given."""

OVERSAMPLED_BELOW = 500
"""Pixels; sprites up to this size are drawn at twice their size and reduced."""


def draw(mesh: Mesh, vertices: Array, pixels: Array, depth: Array, light: Light) -> Sprite:
    """Draw a surface.

    Args:
        mesh: Its quads and colours.
        vertices: Shape (v, 3), where its vertices are in the world now.
        pixels: Shape (v, 2), where a camera sees them.
        depth: Shape (v,), how far in front of the camera they are, in metres, above 0.
        light: What falls on them.

    Returns:
        The whole sprite, also of what lies outside the picture.
    """
    low = np.floor((pixels[:, 0].min(), pixels[:, 1].min())).astype(int) - 1
    high = np.ceil((pixels[:, 0].max(), pixels[:, 1].max())).astype(int) + 1
    width, height = (high - low).tolist()
    scale = 2 if max(width, height) <= OVERSAMPLED_BELOW else 1
    corners = pixels[mesh.quads]
    across, down = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    facing = np.flatnonzero(across[:, 0] * down[:, 1] < across[:, 1] * down[:, 0])
    # Halfway along a diagonal is the quad's middle.
    quads = mesh.quads[facing]
    distance = (depth[quads[:, 0]] + depth[quads[:, 2]]) / 2 - mesh.lift[facing]
    order = facing[np.argsort(-distance)]
    colours = light.shade(mesh.colours[order], _normals(vertices, mesh.quads[order]))
    canvas = np.zeros((height * scale, width * scale, 4), np.uint8)
    _fill(canvas, (corners[order] - low) * scale, colours)
    if scale > 1:
        canvas = np.asarray(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA))
    return Sprite(int(low[0]), int(low[1]), canvas)


def _normals(vertices: Array, quads: npt.NDArray[np.intp]) -> Array:
    """Return the outward unit normals of quads, shape (f, 3)."""
    a, b, c, d = vertices[quads.T]
    (ux, uy, uz), (vx, vy, vz) = (c - a).T, (d - b).T
    normals = np.stack([uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx], axis=1)
    length = np.sqrt(np.einsum("ij,ij->i", normals, normals))
    unit: Array = normals / np.maximum(length, 1e-12)[:, None]
    return unit


def _fill(canvas: npt.NDArray[np.uint8], corners: Array, colours: Array) -> None:
    """Fill quads, shape (f, 4, 2) in pixels, one after the other."""
    # OpenCV counts from the middle of the first pixel, we from its corner.
    points = np.rint((corners - 0.5) * (1 << SHIFT)).astype(np.int32)
    inks = np.column_stack([colours * 255, np.full(len(colours), 255.0)]).tolist()
    for quad, ink in zip(points, inks, strict=True):
        cv2.fillConvexPoly(canvas, quad, ink, cv2.LINE_8, SHIFT)
