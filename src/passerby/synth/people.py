"""Walking, standing and turning people, seen by calibrated cameras."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from passerby.errors import ConfigError
from passerby.synth.body import Body
from passerby.synth.camera import Array, Camera
from passerby.synth.crowd import walk
from passerby.synth.identity import Identity
from passerby.synth.light import LIGHTS, Light
from passerby.synth.place import Places, scatter
from passerby.synth.scene import Scene
from passerby.synth.seating import Seating
from passerby.synth.sensor import Sensor
from passerby.synth.sighting import Shot
from passerby.synth.view import View

__all__ = ["World"]


@dataclass(frozen=True, eq=False)
class World:
    """A scene, the people in it and the light on them.

    Attributes:
        scene: Where.
        light: On it.
        bodies: Who; the index in this tuple is `Place.person`.
        half: Shape (2,), half the extent of the area where people are, in metres.
        seed: Of all that moves.
    """

    scene: Scene
    light: Light
    bodies: tuple[Body, ...]
    half: Array
    seed: int

    @classmethod
    def random(
        cls,
        seed: int,
        people: int,
        *,
        light: str | None = None,
        obstacles: int = 5,
        half: tuple[float, float] = (4.0, 4.0),
        identities: Sequence[int] | None = None,
    ) -> Self:
        """Draw a world.

        Args:
            seed: The same gives the same world.
            people: How many are in it.
            light: Name in `LIGHTS`; drawn as well if None.
            obstacles: How many things stand in it.
            half: Half the extent of the area where people are, in metres.
            identities: Numbers of the people in the population ``seed``, from 1 on by default.

        Raises:
            ConfigError: If the number of people or obstacles is negative.
        """
        if people < 0 or obstacles < 0:
            raise ConfigError(f"{people} people and {obstacles} obstacles: neither can be negative")
        rng = np.random.default_rng([seed, 29])
        name = str(rng.choice([name for name in LIGHTS if name != "night"]))
        numbers = range(1, people + 1) if identities is None else identities
        return cls(
            scene=Scene.random(seed, obstacles, spread=float(max(half))),
            light=LIGHTS[light or name],
            bodies=tuple(Body.of(Identity.random(number, seed)) for number in numbers),
            half=np.array(half, np.float64),
            seed=seed,
        )

    @classmethod
    def seated(cls, seed: int, people: int, rows: Seating, *, light: str | None = None) -> Self:
        """Draw a world whose people will sit in rows, see `seatings`.

        Args:
            seed: The same gives the same world.
            people: How many are in it.
            rows: Where they sit.
            light: Name in `LIGHTS`; drawn as well if None.

        Raises:
            ConfigError: If the number of people is negative.
        """
        world = cls.random(seed, people, light=light, obstacles=0, half=rows.half)
        return replace(world, scene=replace(world.scene, obstacles=rows.furniture))

    def walks(self, frames: int, rate: float) -> list[Places]:
        """Let the people walk about for ``frames`` moments, ``rate`` of them a second."""
        rng = np.random.default_rng([self.seed, 31])
        gaits = [body.identity.gait for body in self.bodies]
        return walk(rng, gaits, self.half, self.scene.obstacles, frames, rate)

    def moments(self, count: int) -> list[Places]:
        """Put the people at random places, anew for each of ``count`` unconnected moments."""
        rng = np.random.default_rng([self.seed, 37])
        gaits = [body.identity.gait for body in self.bodies]
        return [scatter(rng, gaits, self.half, self.scene.obstacles) for _ in range(count)]

    def seatings(self, rows: Seating, count: int) -> list[Places]:
        """Put the people on seats, anew for each of ``count`` unconnected moments."""
        rng = np.random.default_rng([self.seed, 61])
        return [rows.taken(rng, len(self.bodies)) for _ in range(count)]

    def view(self, camera: Camera, sensor: Sensor | None = None) -> View:
        """Put ``camera`` before the scene.

        Args:
            camera: Who looks.
            sensor: Its flaws; drawn from the world's seed and the camera's name if None.
        """
        flaws = sensor or Sensor.random(self.seed + sum(camera.name.encode()))
        return View(self.scene, self.light, camera, flaws)

    def shots(
        self,
        camera: Camera,
        moments: Sequence[Places],
        rate: float,
        sensor: Sensor | None = None,
    ) -> Iterator[Shot]:
        """Yield what ``camera`` sees in each of ``moments``.

        Args:
            camera: Who looks.
            moments: From `walks` or `moments`.
            rate: Moments a second.
            sensor: The camera's flaws, see `view`.
        """
        view = self.view(camera, sensor)
        for index, places in enumerate(moments):
            yield view.shot(self.bodies, places, index, index / rate)
