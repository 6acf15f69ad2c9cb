"""Where people are at a moment, and crowds frozen in it."""

from dataclasses import dataclass

import numpy as np

from passerby.synth.camera import Array
from passerby.synth.gait import Gait
from passerby.synth.obstacle import Obstacle

__all__ = ["BODY_RADIUS", "Place", "Places", "scatter"]

BODY_RADIUS = 0.28
"""Metres that people keep between their middle and anything they could touch."""


@dataclass(frozen=True)
class Place:
    """Where somebody is at a moment, and what they are doing there.

    Attributes:
        person: Index of the person.
        position: (x, y) in metres.
        heading: Where they look, radians from +x to +y.
        speed: In metres a second.
        phase: Of the walk cycle, in cycles; where they glance if they sit, see `sitting_pose`.
        occupation: What they do who sit, a name in `passerby.synth.sitting.OCCUPATIONS`; empty
            for those who walk or stand.
    """

    person: int
    position: tuple[float, float]
    heading: float
    speed: float
    phase: float
    occupation: str = ""


Places = tuple[Place, ...]


def scatter(
    rng: np.random.Generator,
    gaits: list[Gait],
    half: Array,
    obstacles: tuple[Obstacle, ...],
    apart: float = 0.55,
) -> Places:
    """Put people at random places, walking or standing; who finds no room is left out.

    Args:
        rng: Source of randomness.
        gaits: One for each person.
        half: Shape (2,), half of the area's extent in metres.
        obstacles: To stay clear of.
        apart: Metres between any two people at least.
    """
    placed: list[Place] = []
    taken = np.zeros((0, 2))
    for person, gait in enumerate(gaits):
        tries = rng.uniform(-half, half, (30, 2))
        free = _clear(tries, obstacles)
        if len(taken):
            free &= np.hypot(*(tries[:, None] - taken).T).min(axis=0) > apart
        if not free.any():
            continue
        spot = tries[free.argmax()]
        taken = np.concatenate([taken, spot[None]])
        speed = 0.0 if rng.random() < 0.35 else max(0.0, float(gait.speed * rng.uniform(0.6, 1.1)))
        heading, phase = float(rng.uniform(-np.pi, np.pi)), float(rng.random())
        placed.append(Place(person, (float(spot[0]), float(spot[1])), heading, speed, phase))
    return tuple(placed)


def _clear(
    points: Array, obstacles: tuple[Obstacle, ...]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of ``points`` (n, 2) lie a body's radius or more away from all obstacles."""
    gaps = [np.hypot(*(points - thing.nearest(points)).T) for thing in obstacles]
    return (
        np.all([gap > BODY_RADIUS for gap in gaps], axis=0) if gaps else np.ones(len(points), bool)
    )
