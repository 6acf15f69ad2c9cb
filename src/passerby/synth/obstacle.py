"""Furniture and poles: what stands in a scene and hides people."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from passerby.registry import Registry
from passerby.synth.camera import Array
from passerby.synth.mesh import Mesh, box, loft

__all__ = ["OBSTACLES", "Obstacle"]


@dataclass(frozen=True, eq=False)
class Obstacle:
    """Something that nobody walks through.

    Attributes:
        mesh: In the world.
        middle: Shape (2,), of its footprint on the ground, in metres.
        half: Shape (2,), half the footprint's extent along its own axes.
        turn: Of the footprint about z, in radians.
    """

    mesh: Mesh
    middle: Array
    half: Array
    turn: float

    @classmethod
    def placed(cls, mesh: Mesh, middle: Array, turn: float) -> "Obstacle":
        """Put ``mesh``, built over the origin, at ``middle`` (x, y)."""
        half = np.abs(mesh.vertices[:, :2]).max(axis=0)
        return cls(mesh.moved((*middle, 0.0), turn), middle, half, turn)

    def nearest(self, points: Array) -> Array:
        """Return the places of the footprint nearest to ``points``, both of shape (n, 2)."""
        c, s = np.cos(self.turn), np.sin(self.turn)
        axes = np.array([[c, -s], [s, c]])
        own = (points - self.middle) @ axes
        nearest: Array = np.clip(own, -self.half, self.half) @ axes.T + self.middle
        return nearest

    def hides(self, person: Array, camera: Array) -> bool:
        """Whether it is between the camera and somebody who stands at ``person`` (x, y).

        Two convex footprints that do not overlap have a line between them; who stands on the
        camera's side of it can hide the other and cannot be hidden, wherever the camera looks.

        Args:
            person: Shape (2,), metres.
            camera: Shape (2,), metres, where the camera is above the ground.
        """
        edge = self.nearest(person[None])[0]
        return bool((camera - (person + edge) / 2) @ (person - edge) < 0)


OBSTACLES: Registry[Callable[[np.random.Generator], Mesh]] = Registry("obstacle")


def _painted(rng: np.random.Generator) -> Array:
    if rng.random() < 0.6:
        return np.full(3, rng.uniform(0.12, 0.85)) * (1 + rng.normal(0, 0.05, 3))
    return rng.uniform(0.15, 0.6) * rng.uniform(0.6, 1.3, 3)


@OBSTACLES.register("pole")
def _pole(rng: np.random.Generator) -> Mesh:
    radius, colour = rng.uniform(0.05, 0.16), _painted(rng)
    shaft = [(0, 0, 0, radius, radius), (3.8, 0, 0, radius, radius)]
    foot = [(0, 0, 0, 1.6 * radius, 1.6 * radius), (0.25, 0, 0, 1.5 * radius, 1.5 * radius)]
    return Mesh.joined([loft(shaft, colour, count=8), loft(foot, colour * 0.8, count=2)])


@OBSTACLES.register("table")
def _table(rng: np.random.Generator) -> Mesh:
    length, colour = rng.uniform(0.9, 1.8), _painted(rng)
    top = box((length, 0.75, 0.04), colour, bottom=0.72)
    legs = [
        box((0.05, 0.05, 0.72), colour * 0.6).moved((x, y, 0))
        for x in (-length / 2 + 0.05, length / 2 - 0.05)
        for y in (-0.32, 0.32)
    ]
    return Mesh.joined([*legs, top])


@OBSTACLES.register("bench")
def _bench(rng: np.random.Generator) -> Mesh:
    colour = np.array([0.2, 0.34, 0.5]) * rng.uniform(0.6, 1.3)
    seat = box((0.45, 1.6, 0.06), colour, bottom=0.42)
    back = box((0.06, 1.6, 0.35), colour * 0.95, bottom=0.5).moved((-0.2, 0, 0))
    feet = [box((0.4, 0.06, 0.42), np.full(3, 0.2)).moved((0, y, 0)) for y in (-0.6, 0.6)]
    return Mesh.joined([*feet, seat, back])


@OBSTACLES.register("cabinet")
def _cabinet(rng: np.random.Generator) -> Mesh:
    size = rng.uniform((0.4, 0.6, 0.8), (0.6, 1.4, 1.7))
    colour = _painted(rng)
    doors = box((0.02, size[1] * 0.44, size[2] * 0.86), colour * 0.85, bottom=0.06)
    sides = [doors.moved((size[0] / 2, y * size[1] * 0.24, 0)) for y in (-1, 1)]
    return Mesh.joined([box(size, colour), *sides])


@OBSTACLES.register("planter")
def _planter(rng: np.random.Generator) -> Mesh:
    colour = _painted(rng)
    pot = loft([(0, 0, 0, 0.3, 0.3), (0.5, 0, 0, 0.36, 0.36)], colour, count=4, sides=12)
    height = rng.uniform(0.9, 1.6)
    crown = [(0.45, 0, 0, 0.2, 0.2), (0.8, 0, 0, 0.42, 0.42), (height, 0, 0, 0.12, 0.12)]
    count, sides = 16, 28
    leaves = np.array([0.15, 0.42, 0.26]) * rng.uniform(0.35, 1.3, (count + 1, sides, 1))
    return Mesh.joined([pot, loft(crown, leaves, count=count, sides=sides)])


@OBSTACLES.register("bollard")
def _bollard(rng: np.random.Generator) -> Mesh:
    colour = _painted(rng)
    return loft([(0, 0, 0, 0.1, 0.1), (0.9, 0, 0, 0.09, 0.09)], colour, count=4, sides=12)
