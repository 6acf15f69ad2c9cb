"""Places: ground, walls, and what stands between them."""

from dataclasses import dataclass

import numpy as np

from passerby.synth.camera import Array
from passerby.synth.obstacle import OBSTACLES, Obstacle
from passerby.synth.texture import GROUNDS

__all__ = ["Scene"]

INDOORS = ("tiles", "wood", "carpet", "linoleum")


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
