"""What a camera sees of an empty scene."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Mask
from passerby.synth.camera import Array, Camera
from passerby.synth.light import Light
from passerby.synth.scene import Scene
from passerby.synth.texture import GROUNDS, WALLS, TextureTile, sample

__all__ = ["Backdrop"]

OVERSAMPLING = 2
"""Rays along each side of a pixel."""

BAND = 32
"""Rows of pixels that are followed at a time, which bounds the memory."""

UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, eq=False)
class Backdrop:
    """The ground, the walls and the sky.

    Attributes:
        image: Shape (height, width, 3), BGR, uint8.
        is_ground: Shape (height, width); shadows fall there.
    """

    image: npt.NDArray[np.uint8]
    is_ground: Mask

    @classmethod
    def of(cls, scene: Scene, camera: Camera, light: Light) -> "Backdrop":
        """Follow the ray of every pixel to where it ends."""
        rng = np.random.default_rng([scene.seed, 13])
        tiles = GROUNDS[scene.ground](rng), WALLS[scene.wall](rng)
        image = np.empty((camera.height, camera.width, 3), np.uint8)
        is_ground = np.empty((camera.height, camera.width), np.bool_)
        for top in range(0, camera.height, BAND):
            rows = slice(top, min(top + BAND, camera.height))
            rays = camera.rays(OVERSAMPLING, rows)
            colours, ground = _look(scene, light, tiles, camera.position, rays)
            size = camera.width, rows.stop - rows.start
            reduced = cv2.resize(colours * 255, size, interpolation=cv2.INTER_AREA)
            image[rows] = np.rint(reduced)
            is_ground[rows] = ground[::OVERSAMPLING, ::OVERSAMPLING]
        return cls(image, is_ground)


def _look(
    scene: Scene, light: Light, tiles: tuple[TextureTile, TextureTile], start: Array, rays: Array
) -> tuple[Array, Mask]:
    """Return the colours that rays, shape (h, w, 3), end at, and which end on the ground."""
    with np.errstate(divide="ignore", invalid="ignore"):
        to_ground = np.where(rays[..., 2] < 0, -start[2] / rays[..., 2], np.inf)
        to_walls = (np.sign(rays[..., :2]) * scene.half - start[:2]) / rays[..., :2]
    to_walls = np.where(np.isfinite(to_walls), to_walls, np.inf)
    to_wall = to_walls.min(axis=-1)
    is_ground = to_ground < to_wall
    hit = start + rays * np.minimum(to_ground, to_wall)[..., None]
    ground, wall = tiles
    on_x = to_walls[..., 0] < to_walls[..., 1]
    along = np.where(on_x, hit[..., 1], hit[..., 0])
    colours = light.shade(sample(wall, along, hit[..., 2]), _inwards(rays, on_x))
    colours[hit[..., 2] > scene.wall_height] = light.sky
    floor = light.shade(sample(ground, hit[..., 0], hit[..., 1]), UP)
    colours[is_ground] = floor[is_ground]
    return colours, is_ground


def _inwards(rays: Array, on_x: Mask) -> Array:
    """Return the normals of the walls that rays end at, shape (h, w, 3)."""
    normals = np.zeros(rays.shape)
    normals[..., 0] = np.where(on_x, -np.sign(rays[..., 0]), 0)
    normals[..., 1] = np.where(on_x, 0, -np.sign(rays[..., 1]))
    return normals
