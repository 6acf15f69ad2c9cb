"""Places: ground, walls, and what stands between them."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Mask
from passerby.synth.camera import Array, Camera
from passerby.synth.light import Light
from passerby.synth.obstacle import OBSTACLES, Obstacle
from passerby.synth.texture import GROUNDS, WALLS, sample

__all__ = ["Backdrop", "Scene"]

INDOORS = ("tiles", "wood", "carpet", "linoleum")
OVERSAMPLING = 2


@dataclass(frozen=True, eq=False)
class Scene:
    """A walled place around the origin.

    Attributes:
        half: Shape (2,), half of its extent in x and y, in metres.
        wall_height: In metres; above it is the sky or the ceiling.
        ground: Name in `GROUNDS`.
        wall: Name in `WALLS`.
        obstacles: What stands in it.
        seed: Of its textures.
    """

    half: Array
    wall_height: float
    ground: str
    wall: str
    obstacles: tuple[Obstacle, ...]
    seed: int

    @classmethod
    def random(cls, seed: int, obstacles: int = 5, spread: float = 4.0) -> "Scene":
        """Draw a place.

        Args:
            seed: The same gives the same place.
            obstacles: How many things stand in it.
            spread: How far from the middle they stand at most, in metres.
        """
        rng = np.random.default_rng([seed, 11])
        ground = str(rng.choice(list(GROUNDS)))
        indoors = ground in INDOORS
        walls = ("plaster", "panels", "brick") if indoors else ("facade", "shops", "brick")
        return cls(
            half=spread + (rng.uniform(5, 7, 2) if indoors else rng.uniform(7, 14, 2)),
            wall_height=4.0 if indoors else float(rng.uniform(4, 12)),
            ground=ground,
            wall=str(rng.choice(walls)),
            obstacles=_furnished(rng, obstacles, spread),
            seed=seed,
        )


def _furnished(rng: np.random.Generator, count: int, spread: float) -> tuple[Obstacle, ...]:
    """Put things where they leave at least a person's width between each other."""
    placed: list[Obstacle] = []
    for _ in range(20 * count):
        if len(placed) == count:
            break
        kind = str(rng.choice(list(OBSTACLES)))
        middle = rng.uniform(-spread, spread, 2)
        candidate = Obstacle.placed(OBSTACLES[kind](rng), middle, float(rng.uniform(0, np.pi)))
        reach = np.hypot(*candidate.half) + 0.9
        if all(np.hypot(*(other.nearest(middle[None])[0] - middle)) > reach for other in placed):
            placed.append(candidate)
    return tuple(placed)


@dataclass(frozen=True, eq=False)
class Backdrop:
    """What a camera sees of an empty scene before things are put into it.

    Attributes:
        image: Shape (height, width, 3), BGR, uint8.
        is_ground: Shape (height, width); shadows fall there.
    """

    image: npt.NDArray[np.uint8]
    is_ground: Mask

    @classmethod
    def of(cls, scene: Scene, camera: Camera, light: Light) -> "Backdrop":
        """Follow the ray of every pixel to the ground, a wall or the sky."""
        rays = camera.rays(OVERSAMPLING)
        with np.errstate(divide="ignore"):
            to_ground = np.where(rays[..., 2] < 0, -camera.position[2] / rays[..., 2], np.inf)
            to_walls = (np.sign(rays[..., :2]) * scene.half - camera.position[:2]) / rays[..., :2]
        to_walls = np.where(np.isfinite(to_walls), to_walls, np.inf)
        to_wall = to_walls.min(axis=-1)
        is_ground = to_ground < to_wall
        hit = camera.position + rays * np.minimum(to_ground, to_wall)[..., None]
        rng = np.random.default_rng([scene.seed, 13])
        ground = GROUNDS[scene.ground](rng)
        wall = WALLS[scene.wall](rng)
        faces_x = to_walls[..., 0] < to_walls[..., 1]
        along = np.where(faces_x, hit[..., 1], hit[..., 0])
        image = _wall_colours(light, sample(wall, along, hit[..., 2]), faces_x, rays)
        image[hit[..., 2] > scene.wall_height] = light.sky
        floor = sample(ground, hit[..., 0], hit[..., 1])
        lit = light.shade(floor.astype(np.float64), np.array([0.0, 0.0, 1.0]))
        image[is_ground] = lit[is_ground]
        size = camera.width, camera.height
        reduced = cv2.resize(image * 255, size, interpolation=cv2.INTER_AREA)
        seen = cv2.resize(is_ground.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        return cls(np.rint(reduced).astype(np.uint8), seen.astype(bool))


def _wall_colours(
    light: Light, colours: npt.NDArray[np.float32], faces_x: Mask, rays: Array
) -> Array:
    """Light the walls; each looks inwards."""
    inwards = np.where(faces_x[..., None], -np.sign(rays[..., :2]) * (1, 0), 0)
    inwards = np.where(faces_x[..., None], inwards, -np.sign(rays[..., :2]) * (0, 1))
    normals = np.concatenate([inwards, np.zeros((*inwards.shape[:2], 1))], axis=-1)
    return light.shade(colours.astype(np.float64), normals)
