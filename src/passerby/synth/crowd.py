"""People on their way through a scene."""

from abc import ABC, abstractmethod

import numpy as np

from passerby.errors import ConfigError
from passerby.synth.camera import Array
from passerby.synth.gait import Gait
from passerby.synth.obstacle import Obstacle
from passerby.synth.place import BODY_RADIUS, Place, Places, scatter

__all__ = ["Crowd", "walk"]

REACTION = 0.5
"""Seconds in which people take up a new velocity; as in Helbing and Molnar, "Social force
model for pedestrian dynamics" (1995)."""

PUSH, PUSH_RANGE = 2.1, 0.35
"""Metres per second squared and metres: how strongly people avoid each other (same source)."""

TURN_RATE = 3.0
"""Radians a second."""


def walk(
    rng: np.random.Generator,
    gaits: list[Gait],
    half: Array,
    obstacles: tuple[Obstacle, ...],
    frames: int,
    rate: float,
) -> list[Places]:
    """Let people walk from place to place, stand a while, turn and walk on.

    Args:
        rng: Source of randomness.
        gaits: One for each person.
        half: Shape (2,), half of the area's extent in metres.
        obstacles: To walk around.
        frames: Number of moments.
        rate: Moments a second.

    Raises:
        ConfigError: If there is no room for all of them.
    """
    start = scatter(rng, gaits, half, obstacles)
    if len(start) < len(gaits):
        raise ConfigError(
            f"only {len(start)} of {len(gaits)} people find room in "
            f"{2 * half[0]:.0f} x {2 * half[1]:.0f} m: ask for fewer"
        )
    crowd = _Wanderers(rng, gaits, half, obstacles, start)
    return [crowd.step(1 / rate) for _ in range(frames)]


class Crowd(ABC):
    """People on their way; all arrays have one row a person. Who derives from it says where to.

    Args:
        gaits: One for each person.
        half: Shape (2,), half of the extent in metres of the area that nobody leaves.
        obstacles: To walk around.
        start: Where everybody is at first.
    """

    def __init__(
        self, gaits: list[Gait], half: Array, obstacles: tuple[Obstacle, ...], start: Places
    ) -> None:
        self.half, self.obstacles = half, obstacles
        self.position = np.array([place.position for place in start]).reshape(-1, 2)
        self.heading = np.array([place.heading for place in start])
        self.phase = np.array([place.phase for place in start])
        self.preferred = np.array([gait.speed for gait in gaits])
        self.stride = np.array([gait.stride for gait in gaits])
        self.velocity = np.zeros_like(self.position)
        self.pause = np.zeros(len(start))
        self.glance = self.heading.copy()

    def step(self, seconds: float) -> Places:
        """Move everybody on and return where they are."""
        self.pause = np.maximum(self.pause - seconds, 0)
        wanted = self.wanted_velocity()
        change = (wanted - self.velocity) / REACTION + self._pushes()
        self.velocity += change * min(seconds, REACTION)
        self.velocity[self.pause > 0] *= 0.8
        moved = self._kept_clear(self.position + self.velocity * seconds) - self.position
        self.position += moved
        self.velocity = moved / seconds
        speed = np.hypot(*self.velocity.T)
        towards = np.where(speed > 0.25, np.arctan2(*self.velocity.T[::-1]), self.glance)
        turn = (towards - self.heading + np.pi) % (2 * np.pi) - np.pi
        self.heading += np.clip(turn, -TURN_RATE * seconds, TURN_RATE * seconds)
        speed = np.where(speed < 0.15, 0, speed)
        # A slower walker takes shorter steps, but also fewer of them.
        stride = self.stride * np.sqrt(np.clip(speed / self.preferred, 0.2, 1.2))
        self.phase += speed * seconds / stride
        rows = zip(self.position.tolist(), self.heading, speed, self.phase, strict=True)
        return tuple(
            Place(person, (x, y), float(heading), float(pace), float(phase))
            for person, ((x, y), heading, pace, phase) in enumerate(rows)
        )

    @abstractmethod
    def wanted_velocity(self) -> Array:
        """Return how everybody would walk if they were alone, shape (n, 2), metres a second."""

    def _pushes(self) -> Array:
        """People push each other away, obstacles push people."""
        between = self.position[:, None] - self.position[None]
        distance = np.hypot(between[..., 0], between[..., 1])
        np.fill_diagonal(distance, np.inf)
        force = PUSH * np.exp((2 * BODY_RADIUS - distance) / PUSH_RANGE) / distance
        push: Array = (between * force[..., None]).sum(axis=1)
        for thing in self.obstacles:
            away = self.position - thing.nearest(self.position)
            gap = np.maximum(np.hypot(*away.T), 1e-6)
            strength = 4 * np.exp((BODY_RADIUS - gap) / 0.25) / gap
            # A little sideways, so that nobody gets stuck face to face with a cupboard.
            push += (away + 0.5 * away[:, ::-1] * (1, -1)) * strength[:, None]
        return push

    def _kept_clear(self, position: Array) -> Array:
        """Move people out of obstacles, out of each other and back into the area."""
        for thing in self.obstacles:
            edge = thing.nearest(position)
            away = position - edge
            gap = np.hypot(*away.T)[:, None]
            outside = edge + away / np.maximum(gap, 1e-6) * BODY_RADIUS
            position = np.where(gap < BODY_RADIUS, outside, position)
        between = position[:, None] - position[None]
        distance = np.hypot(between[..., 0], between[..., 1])
        np.fill_diagonal(distance, np.inf)
        overlap = np.clip(1.6 * BODY_RADIUS - distance, 0, None) / 2 / distance
        position = position + (between * overlap[..., None]).sum(axis=1)
        return np.clip(position, -self.half - 0.5, self.half + 0.5)


class _Wanderers(Crowd):
    """People who walk to one random place after the other, and stand at some of them."""

    def __init__(
        self,
        rng: np.random.Generator,
        gaits: list[Gait],
        half: Array,
        obstacles: tuple[Obstacle, ...],
        start: Places,
    ) -> None:
        super().__init__(gaits, half, obstacles, start)
        self.rng = rng
        self.goal = rng.uniform(-half, half, self.position.shape)
        self.pause = np.where(rng.random(len(start)) < 0.25, rng.uniform(0, 3, len(start)), 0)

    def wanted_velocity(self) -> Array:
        """Where to, and for who is there somewhere else."""
        way = self.goal - self.position
        distance = np.hypot(*way.T)
        for person in np.flatnonzero(distance < 0.5):
            self.goal[person] = self.rng.uniform(-self.half, self.half)
            self.glance[person] = self.rng.uniform(-np.pi, np.pi)
            if self.rng.random() < 0.35:
                self.pause[person] = self.rng.uniform(1, 4)
        speed = np.where(self.pause > 0, 0, self.preferred)
        wanted: Array = way / np.maximum(distance, 0.1)[:, None] * speed[:, None]
        return wanted
