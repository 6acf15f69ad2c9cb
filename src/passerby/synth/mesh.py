"""Surfaces of coloured quadrilaterals, built from stacked superellipses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.synth.camera import Array
from passerby.synth.curve import smooth_curve

__all__ = ["Mesh", "box", "grid_colours", "loft", "patch"]


@dataclass(frozen=True, eq=False)
class Mesh:
    """A surface.

    Attributes:
        vertices: Shape (v, 3), metres.
        quads: Shape (f, 4), indices of vertices, counter-clockwise seen from outside.
        colours: Shape (f, 3), BGR, 0-1 as displayed under full light.
        lift: Shape (f,), metres by which a quad counts as nearer, for details on a surface.
        parts: Shape (v,), number of the convex part that each vertex belongs to.
    """

    vertices: Array
    quads: npt.NDArray[np.intp]
    colours: Array
    lift: Array
    parts: npt.NDArray[np.intp]

    @classmethod
    def of(cls, vertices: Array, quads: npt.NDArray[np.intp], colours: npt.ArrayLike) -> Self:
        """Build one part; ``colours`` is one BGR triple or one for each quad."""
        count = len(quads)
        return cls(
            vertices,
            quads,
            np.broadcast_to(np.asarray(colours, np.float64), (count, 3)),
            np.zeros(count),
            np.zeros(len(vertices), np.intp),
        )

    @classmethod
    def joined(cls, meshes: Sequence["Mesh"]) -> Self:
        """All ``meshes`` as one."""
        sizes = [0, *(len(mesh.vertices) for mesh in meshes[:-1])]
        starts = np.cumsum(sizes)
        counts = np.cumsum([0, *(int(mesh.parts.max()) + 1 for mesh in meshes[:-1])])
        pairs = list(zip(meshes, starts, counts, strict=True))
        return cls(
            np.concatenate([mesh.vertices for mesh in meshes]),
            np.concatenate([mesh.quads + start for mesh, start, _ in pairs]),
            np.concatenate([mesh.colours for mesh in meshes]),
            np.concatenate([mesh.lift for mesh in meshes]),
            np.concatenate([mesh.parts + count for mesh, _, count in pairs]),
        )

    def as_one_part(self) -> "Mesh":
        """The same surface as one part, where its parts' common hull is near enough."""
        parts = np.zeros_like(self.parts)
        return Mesh(self.vertices, self.quads, self.colours, self.lift, parts)

    def moved(self, offset: npt.ArrayLike, turn: float = 0.0) -> "Mesh":
        """The same surface turned by ``turn`` radians about z, then moved by ``offset``."""
        c, s = np.cos(turn), np.sin(turn)
        about_z = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        vertices = self.vertices @ about_z.T + np.asarray(offset)
        return Mesh(vertices, self.quads, self.colours, self.lift, self.parts)


def _resampled(rings: npt.ArrayLike, count: int) -> Array:
    """Pass a smooth curve through the rings and cut it into ``count`` of them, evenly in z."""
    keys = np.asarray(rings, np.float64)
    keys = keys[np.argsort(keys[:, 0])]
    heights = np.linspace(keys[0, 0], keys[-1, 0], count)
    return np.column_stack([heights, smooth_curve(keys[:, 0], keys[:, 1:], heights)])


def loft(
    rings: npt.ArrayLike,
    colours: npt.ArrayLike = 0.5,
    *,
    count: int = 8,
    sides: int = 10,
    squareness: float = 2.0,
    keep: npt.NDArray[np.bool_] | None = None,
) -> Mesh:
    """Stack level superellipses into a closed surface.

    Args:
        rings: Shape (k, 5), k >= 2: z, centre x, centre y, half depth in x, half width in y.
        colours: One BGR triple, or shape (count + 1, sides, 3) from bottom to top as
            `grid_colours` makes them.
        count: Number of rings that a smooth curve through ``rings`` is cut into.
        sides: Corners of a ring; the first lies straight ahead (+x), the next to the left.
        squareness: 2 for ellipses, more for rounded rectangles.
        keep: Shape (count + 1, sides): False where the surface has a hole.
    """
    z, x, y, depth, width = _resampled(rings, count).T[..., None]
    angle = (np.arange(sides) - 0.5) * 2 * np.pi / sides
    c, s = np.cos(angle), np.sin(angle)
    radius = (np.abs(c) ** squareness + np.abs(s) ** squareness) ** (-1 / squareness)
    side = np.stack(np.broadcast_arrays(x + depth * radius * c, y + width * radius * s, z), axis=-1)
    middles = np.stack(np.broadcast_arrays(x, y, z), axis=-1).repeat(sides, axis=1)
    vertices = np.concatenate([middles[:1], side, middles[-1:]])
    index = np.arange(vertices.shape[0] * sides).reshape(-1, sides)
    after = np.roll(index, -1, axis=1)
    quads = np.stack([index[:-1], after[:-1], after[1:], index[1:]], axis=-1)
    painted = np.broadcast_to(np.asarray(colours, np.float64), (*quads.shape[:2], 3))
    kept = np.ones(quads.shape[:2], np.bool_) if keep is None else keep
    return Mesh.of(vertices.reshape(-1, 3), quads[kept], painted[kept])


def grid_colours(count: int, sides: int) -> tuple[Array, Array]:
    """Return where the quads of a loft lie, for whoever paints them.

    Returns:
        Height from 0 at the bottom to 1 at the top, and angle in radians from straight ahead to
        the left (-pi to pi), both of shape (count + 1, sides).
    """
    height = np.clip((np.arange(count + 1) - 0.5) / (count - 1), 0, 1)
    angle = (np.arange(sides) * 2 * np.pi / sides + np.pi) % (2 * np.pi) - np.pi
    up, round_ = np.meshgrid(height, angle, indexing="ij")
    return up, round_


def box(size: npt.ArrayLike, colours: npt.ArrayLike, bottom: float = 0.0) -> Mesh:
    """A box over the origin: ``size`` is its extent in x, y and z, in metres."""
    half_x, half_y, height = np.asarray(size, np.float64) / (2, 2, 1)
    level = np.array([[half_x, -half_y], [half_x, half_y], [-half_x, half_y], [-half_x, -half_y]])
    low = np.column_stack([level, np.full(4, bottom)])
    vertices = np.concatenate([low, low + np.array([0, 0, height])])
    quads = [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
    return Mesh.of(vertices, np.array(quads, np.intp), colours)


def patch(
    middle: npt.ArrayLike, half_width: float, half_height: float, colour: npt.ArrayLike
) -> Mesh:
    """A small upright rectangle that looks forwards (+x), painted onto what lies behind it."""
    x, y, z = np.asarray(middle, np.float64)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (half_width, half_height)
    vertices = np.column_stack([np.full(4, x), corners + np.array([y, z])])
    mesh = Mesh.of(vertices, np.arange(4, dtype=np.intp)[None], colour)
    return Mesh(mesh.vertices, mesh.quads, mesh.colours, np.full(1, 0.04), mesh.parts)
