"""Somebody at a place in the world, as one camera sees them."""

from dataclasses import dataclass

import numpy as np

from passerby.synth.body import Body
from passerby.synth.camera import NEAREST, Array, Camera
from passerby.synth.drawing import draw
from passerby.synth.light import Light
from passerby.synth.place import Place
from passerby.synth.sighting import FloatBox
from passerby.synth.sprite import Sprite

__all__ = ["Figure"]

_LARGEST = 3.0
"""Times the picture's longer side; who fills more than that stands at the lens and is not drawn."""


@dataclass(frozen=True, eq=False)
class Figure:
    """A posed body and where its surface is seen.

    Attributes:
        body: Whose.
        place: Where.
        vertices: Shape (v, 3), in the world.
        pixels: Shape (v, 2), in the camera's picture.
        depth: Shape (v,), metres in front of the camera.
    """

    body: Body
    place: Place
    vertices: Array
    pixels: Array
    depth: Array

    @classmethod
    def of(cls, body: Body, place: Place, time: float, camera: Camera) -> "Figure":
        """Pose ``body`` for ``place`` at ``time`` seconds and look at it."""
        own = body.posed(place, time)
        c, s = np.cos(place.heading), np.sin(place.heading)
        about_z = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
        vertices = own @ about_z + (*place.position, 0.0)
        return cls(body, place, vertices, *camera.project(vertices))

    def box(self, motion: Array | None = None) -> FloatBox:
        """Around the whole person, in pixels; see `extent`."""
        return extent(self.pixels, motion)

    def head_box(self, motion: Array | None = None) -> FloatBox:
        """Around head, hair and hat, in pixels; see `extent`."""
        return extent(self.pixels[self.body.is_head], motion)

    def within(self, camera: Camera) -> bool:
        """Whether any of the person can lie in the picture and none of them is at the lens."""
        left, top, right, bottom = self.box()
        largest = _LARGEST * max(camera.width, camera.height)
        inside = right > 0 and bottom > 0 and left < camera.width and top < camera.height
        small = right - left < largest and bottom - top < largest
        return inside and small and bool(self.depth.min() > NEAREST)

    def motion(self, camera: Camera, exposure: float) -> Array:
        """How far the person moves in the picture in ``exposure`` seconds, shape (2,), pixels."""
        heading = self.place.heading
        ahead = np.array([np.cos(heading), np.sin(heading), 0.0])
        middle = self.vertices.mean(axis=0)
        after = middle + ahead * self.place.speed * exposure
        start, end = camera.project(np.stack([middle, after]))[0]
        moved: Array = end - start
        return moved

    def drawn(self, light: Light, motion: Array) -> Sprite:
        """Draw the person, smeared along ``motion``."""
        sprite = draw(self.body.mesh, self.vertices, self.pixels, self.depth, light)
        return sprite.smeared(motion)


def extent(pixels: Array, motion: Array | None = None) -> FloatBox:
    """Return the box around points, shape (n, 2), that are smeared along ``motion``, shape (2,)."""
    x, y = pixels[:, 0], pixels[:, 1]
    across, down = (0.0, 0.0) if motion is None else np.abs(motion) / 2
    return (
        float(x.min() - across),
        float(y.min() - down),
        float(x.max() + across),
        float(y.max() + down),
    )
