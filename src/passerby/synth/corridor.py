"""A corridor: neighbouring cameras, and stretches between them that no camera sees.

Each camera has a place of its own, with its own light, walls and floor, in whose middle the
coordinates begin. People walk from place to place along one axis. What lies between two places has
a length and no picture.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from passerby.errors import ConfigError
from passerby.synth.body import Body
from passerby.synth.camera import Array, Camera, eye_level, raised
from passerby.synth.crowd import Crowd
from passerby.synth.gait import Gait
from passerby.synth.identity import Identity
from passerby.synth.itinerary import LONGEST_STOP, Itinerary
from passerby.synth.light import LIGHTS
from passerby.synth.obstacle import OBSTACLES, Obstacle
from passerby.synth.people import World
from passerby.synth.place import Place, Places
from passerby.synth.recording import FrameSize, Recording, Take
from passerby.synth.scene import Scene
from passerby.synth.wardrobe import Garment, varied

__all__ = ["Corridor"]

WIDTH = 1.4
"""Metres from the middle of the corridor that people walk at most."""

_REACH = 14.0
"""Metres from the middle of a place within which people are drawn; cameras see less."""

_DEPTH = 9.0
"""Metres from the middle of a place to the walls beside it."""

_BLIND = 6.0, 20.0
"""Metres between two places that no camera sees: shortest and longest."""

_BEHIND_DOORS = 2.0
"""Metres between what the first or last camera sees and the door behind it."""

_EARLY, _LATE = 12.0, 12.0
"""Seconds before the films begin, and before they end, in which people come in."""

_SLOWEST, _FASTEST = 0.75, 1.8
"""Metres a second."""

_ARRIVED = 0.4
"""Metres from a stop at which it is reached."""

_GONE = -1
"""Number of the next stop of who has left."""

_FAR_AWAY = 1000.0
"""Metres to the side, where people wait before they come in and after they have left."""


@dataclass(frozen=True, eq=False)
class Corridor:
    """A corridor and who walks through it.

    Attributes:
        worlds: The place of each camera; all have the same people.
        cameras: One in each place.
        middles: Metres along the corridor, of each place.
        doors: Likewise, before, between and behind the places.
        travel: Seconds from camera k to k + 1 that are plausible, at least and at most.
        seed: Of all that moves.
    """

    worlds: tuple[World, ...]
    cameras: tuple[Camera, ...]
    middles: tuple[float, ...]
    doors: tuple[float, ...]
    travel: tuple[tuple[float, float], ...]
    seed: int

    @classmethod
    def random(
        cls,
        seed: int,
        cameras: int,
        people: int,
        size: FrameSize = (640, 360),
        *,
        alike: float = 0.25,
        light: str | None = None,
    ) -> "Corridor":
        """Draw a corridor.

        Args:
            seed: The same gives the same corridor.
            cameras: How many there are along it.
            people: How many walk through it.
            size: Width and height of the pictures.
            alike: Share of the people who wear what somebody else wears too.
            light: Name in `LIGHTS`; drawn for each place if None.

        Raises:
            ConfigError: If there is no camera, or the share is none.
        """
        if cameras < 1:
            raise ConfigError(f"{cameras} cameras cannot see anything: ask for at least 1")
        if not 0 <= alike <= 1:
            raise ConfigError(f"{alike} is no share of the people: give 0 to 1")
        rng = np.random.default_rng([seed, 71])
        bodies = tuple(Body.of(one) for one in _population(rng, people, seed, alike))
        worlds = tuple(_place(seed, number, bodies, light) for number in range(cameras))
        placed = tuple(_camera(rng, number, size) for number in range(cameras))
        seen = [_seen(camera) for camera in placed]
        blind = rng.uniform(*_BLIND, cameras - 1)
        middles = [0.0]
        for (_, end), (begin, _), metres in zip(seen, seen[1:], blind, strict=False):
            middles.append(middles[-1] + end + float(metres) - begin)
        ends = [middle + end for middle, (_, end) in zip(middles, seen, strict=True)]
        begins = [middle + begin for middle, (begin, _) in zip(middles, seen, strict=True)]
        return cls(
            worlds=worlds,
            cameras=placed,
            middles=tuple(middles),
            doors=(
                begins[0] - _BEHIND_DOORS,
                *((end + begin) / 2 for end, begin in zip(ends, begins[1:], strict=False)),
                ends[-1] + _BEHIND_DOORS,
            ),
            travel=tuple(_travel_seconds(float(metres)) for metres in blind),
            seed=seed,
        )

    @property
    def returns(self) -> tuple[float, float]:
        """Seconds after which somebody who left a camera's view may come back, at most."""
        blind = [after - before for before, after in zip(self.doors, self.doors[1:], strict=False)]
        return 0.5, round(max(blind) / _SLOWEST + LONGEST_STOP)

    def takes(self, recording: Recording) -> list[Take]:
        """Let everybody walk, and return what there is to film for each camera."""
        rng = np.random.default_rng([self.seed, 73])
        between = -_EARLY, max(recording.seconds - _LATE, 0.0)
        gaits = [body.identity.gait for body in self.worlds[0].bodies]
        ways = [Itinerary.random(rng, self.doors, self.middles, between, WIDTH) for _ in gaits]
        passers = _Passers(gaits, ways, -_EARLY)
        step = 1 / recording.rate
        for _ in range(round(_EARLY * recording.rate)):
            passers.step(step)
        moments = [passers.step(step) for _ in range(recording.frames)]
        return [
            Take(world, camera, [_within(places, middle) for places in moments])
            for world, camera, middle in zip(self.worlds, self.cameras, self.middles, strict=True)
        ]

    def graph(self) -> str:
        """Return the camera graph as TOML: neighbours, and plausible seconds between them."""
        names = [camera.name for camera in self.cameras]
        lines = [
            f"cameras = {_toml(names)}",
            "# Seconds after which somebody who left a camera's view may come back to it.",
            f"return_seconds = {_toml(self.returns)}",
        ]
        for pair, seconds in zip(itertools.pairwise(names), self.travel, strict=True):
            lines += ["", "[[neighbours]]", f"cameras = {_toml(pair)}"]
            lines.append(f"travel_seconds = {_toml(seconds)}")
        return "\n".join(lines) + "\n"


def _toml(values: Sequence[str] | Sequence[float]) -> str:
    written = (f'"{one}"' if isinstance(one, str) else f"{one:g}" for one in values)
    return f"[{', '.join(written)}]"


def _population(rng: np.random.Generator, people: int, seed: int, alike: float) -> list[Identity]:
    """Draw people, some of whom wear what somebody before them wears."""
    drawn = [Identity.random(number, seed) for number in range(1, people + 1)]
    for place in range(1, people):
        if rng.random() < alike:
            model = drawn[int(rng.integers(place))]
            drawn[place] = replace(
                drawn[place],
                top=_like(rng, model.top),
                bottom=_like(rng, model.bottom),
                shoes=varied(rng, model.shoes),
            )
    return drawn


def _like(rng: np.random.Generator, garment: Garment) -> Garment:
    colours = varied(rng, garment.colour), varied(rng, garment.second)
    return replace(garment, colour=colours[0], second=colours[1])


def _place(seed: int, number: int, bodies: tuple[Body, ...], light: str | None) -> World:
    """Draw the place of one camera; things stand beside the way."""
    rng = np.random.default_rng([seed, 79, number])
    own = int(rng.integers(1 << 31))
    things = []
    for side in (-1, 1):
        if rng.random() < 0.6:
            kind = str(rng.choice(list(OBSTACLES)))
            middle = np.array([rng.uniform(-5, 5), side * rng.uniform(2.6, 3.4)])
            things.append(Obstacle.placed(OBSTACLES[kind](rng), middle, rng.uniform(0, np.pi)))
    name = str(rng.choice([name for name in LIGHTS if name != "night"]))
    scene = replace(
        Scene.random(own, 0), half=np.array([_REACH + 4, _DEPTH]), obstacles=tuple(things)
    )
    return World(scene, LIGHTS[light or name], bodies, np.array([_REACH, WIDTH]), own)


def _camera(rng: np.random.Generator, number: int, size: FrameSize) -> Camera:
    """Put a camera beside the way, on either side of it; raised and at eye level in turn."""
    side = float(rng.choice([-1, 1])) * np.pi / 2
    bearing, distance = side + float(rng.uniform(-0.35, 0.35)), float(rng.uniform(6.2, 7.6))
    kind = (raised, eye_level)[number % 2]
    return kind(np.zeros(2), bearing, distance, name=f"camera-{number + 1}", size=size)


def _seen(camera: Camera) -> tuple[float, float]:
    """Between which metres along the corridor a camera can see anything of anybody."""
    along = np.arange(-_REACH, _REACH, 0.1)
    seen = np.zeros(len(along), np.bool_)
    for across in (-WIDTH - 0.4, WIDTH + 0.4):
        for height in (0.0, 1.0, 1.9):
            points = np.column_stack([along, np.full_like(along, across), along * 0 + height])
            seen |= camera.sees(points)
    return float(along[seen][0]) - 0.5, float(along[seen][-1]) + 0.5


def _travel_seconds(metres: float) -> tuple[float, float]:
    """Plausible seconds for a stretch; people fade from view up to 3 m before they leave it."""
    return round(metres / _FASTEST, 1), round((metres + 6) / _SLOWEST + LONGEST_STOP, 1)


def _within(places: Places, middle: float) -> Places:
    """Who is in a place, in its own coordinates."""
    return tuple(
        replace(one, position=(one.position[0] - middle, one.position[1]))
        for one in places
        if abs(one.position[0] - middle) < _REACH and abs(one.position[1]) < _FAR_AWAY / 2
    )


class _Passers(Crowd):
    """People who follow their itineraries.

    Args:
        gaits: One for each person.
        ways: Likewise.
        time: When it begins, in seconds.
    """

    def __init__(self, gaits: list[Gait], ways: Sequence[Itinerary], time: float) -> None:
        aside = [(0.0, _FAR_AWAY + 10 * person) for person in range(len(ways))]
        start = tuple(Place(person, spot, 0.0, 0.0, 0.0) for person, spot in enumerate(aside))
        super().__init__(gaits, np.full(2, np.inf), (), start)
        self._aside, self._ways, self._time = np.array(aside).reshape(-1, 2), ways, time
        self._next = np.zeros(len(ways), np.intp)

    def step(self, seconds: float) -> Places:
        """Move everybody on and return where they are; who is not in the corridor is far away."""
        self._time += seconds
        for person, way in enumerate(self._ways):
            self._follow(person, way)
        return super().step(seconds)

    def wanted_velocity(self) -> Array:
        """Towards the next stop, in their own lane."""
        wanted = np.zeros_like(self.position)
        for person in np.flatnonzero((self._next > 0) & (self.pause <= 0)).tolist():
            way = self._ways[person]
            ahead = way.stops[self._next[person]].along - self.position[person, 0]
            step = np.array([np.clip(ahead, -3, 3), way.lane - self.position[person, 1]])
            wanted[person] = step / max(float(np.hypot(*step)), 0.1) * self.preferred[person]
        return wanted

    def _follow(self, person: int, way: Itinerary) -> None:
        """Let somebody in, on to their next stop, or out."""
        number = self._next[person]
        if number == 0 and self._time >= way.begins:
            self.position[person] = way.stops[0].along, way.lane
            self._next[person] = 1
        elif number > 0 and abs(way.stops[number].along - self.position[person, 0]) < _ARRIVED:
            self.pause[person] = way.stops[number].seconds
            self._next[person] = number + 1
            if self._next[person] == len(way.stops):
                self.position[person], self._next[person] = self._aside[person], _GONE
