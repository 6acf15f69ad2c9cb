"""Training scenes of people who do not exist, with every box exact."""

from collections.abc import Callable, Iterator
from functools import cached_property, partial

import numpy as np

from passerby.detections import Kind
from passerby.synth.camera import Camera, ceiling, eye_level
from passerby.synth.people import World
from passerby.synth.seating import Seating
from passerby.synth.sighting import Shot, Sighting
from passerby.train.detector.cutouts import Cutout, cutouts_of
from passerby.train.detector.example import Example, LabelledScene, Labels

__all__ = ["crowd_shots", "crowds", "cutouts", "scenes", "shots"]

_FIRST_SEED = 100_000
"""Worlds that only measure have smaller seeds."""

_MOMENTS = 6
"""Pictures of a world; to build one takes as long as to look at it a dozen times."""

_FIRST_CROWD = 200_000

_CROWDED_MOMENTS = 4

_LEAST_VISIBLE = 0.25
"""Share of a person, or of a head, that must be seen for it to be asked for."""


def scenes(worlds: int) -> list[Example]:
    """List several pictures of each world, seen from eye level, from a mast or straight down."""
    return [
        Example(f"synth/{world.seed}-{moment}", partial(world.scene, moment))
        for world in (_World(_FIRST_SEED + index, shots, _MOMENTS) for index in range(worlds))
        for moment in range(_MOMENTS)
    ]


def crowds(worlds: int) -> list[Example]:
    """List several pictures of each of many worlds that are full of people."""
    return [
        Example(f"crowd/{world.seed}-{moment}", partial(world.scene, moment))
        for world in (
            _World(_FIRST_CROWD + index, crowd_shots, _CROWDED_MOMENTS) for index in range(worlds)
        )
        for moment in range(_CROWDED_MOMENTS)
    ]


def cutouts(worlds: int) -> list[Cutout]:
    """Cut people out of the pictures of ``worlds`` worlds."""
    seeds = range(_FIRST_SEED - worlds, _FIRST_SEED)
    return [cutout for seed in seeds for shot in shots(seed, 2) for cutout in cutouts_of(shot)]


def shots(seed: int, moments: int) -> Iterator[Shot]:
    """Show a random world to a random camera."""
    rng = np.random.default_rng([seed, 41])
    half = float(rng.uniform(2.5, 6))
    world = World.random(seed, int(rng.integers(1, 16)), half=(half, half))
    return world.shots(_camera(rng, half), world.moments(moments), 25.0)


def crowd_shots(seed: int, moments: int) -> Iterator[Shot]:
    """Show people who sit in rows or stand close together, so that heads hide heads."""
    rng = np.random.default_rng([seed, 47])
    if rng.random() < 0.6:
        rows = Seating.random(rng)
        places = rows.seats.shape[0] * rows.seats.shape[1]
        world = World.seated(seed, max(int(places * rng.uniform(0.4, 1)), 1), rows)
        half, people = max(rows.half), world.seatings(rows, moments)
    else:
        half = float(rng.uniform(3, 6))
        world = World.random(seed, int(rng.integers(20, 60)), half=(half, half))
        people = world.moments(moments)
    return world.shots(_crowd_camera(rng, half), people, 25.0)


def _camera(rng: np.random.Generator, half: float) -> Camera:
    middle, bearing = np.zeros(2), float(rng.uniform(0, 2 * np.pi))
    size = (640, 480) if rng.random() < 0.5 else (640, 360)
    kind = int(rng.integers(3))
    if kind == 0:
        return eye_level(middle, bearing, half * rng.uniform(1.3, 2), name="eye", size=size)
    if kind == 1:
        return _raised(bearing, half * rng.uniform(1.0, 2.2), rng.uniform(2.5, 8), size)
    return ceiling(middle, float(rng.uniform(3.2, 7)), name="above", size=size)


def _raised(bearing: float, distance: float, height: float, size: tuple[int, int]) -> Camera:
    """A camera on a wall or mast, lower or higher than `synth.camera.raised` puts it."""
    position = (distance * np.cos(bearing), distance * np.sin(bearing), height)
    return Camera.looking_at(position, (0.0, 0.0, 0.7), name="raised", size=size)


def _crowd_camera(rng: np.random.Generator, half: float) -> Camera:
    """Over the heads of those in front, mostly seen from their front or back; or on the ceiling."""
    size = (640, 480) if rng.random() < 0.5 else (800, 480)
    if rng.random() < 0.15:
        return ceiling(np.zeros(2), float(rng.uniform(3.2, 7)), name="above", size=size)
    bearing = rng.normal(0, 0.6) + np.pi * (rng.random() < 0.35)
    distance, height = half * rng.uniform(1.05, 1.6), rng.uniform(1.4, 4.5)
    position = (distance * np.cos(bearing), distance * np.sin(bearing), height)
    view = float(rng.uniform(45, 75))
    return Camera.looking_at(
        position, (0.0, 0.0, 0.9), name="over heads", size=size, field_of_view=view
    )


class _World:
    """A world that is built, and shown at all its moments, when it is first looked at."""

    def __init__(
        self, seed: int, shots: Callable[[int, int], Iterator[Shot]], moments: int
    ) -> None:
        self.seed = seed
        self._shots, self._moments = shots, moments

    @cached_property
    def _scenes(self) -> list[LabelledScene]:
        return [
            LabelledScene(shot.image, labels_of(shot.sightings))
            for shot in self._shots(self.seed, self._moments)
        ]

    def scene(self, moment: int) -> LabelledScene:
        return self._scenes[moment]


def labels_of(sightings: tuple[Sighting, ...]) -> Labels:
    """Boxes of what can be seen; what is nearly hidden is unknown."""
    people = [seen for seen in sightings if seen.visibility >= _LEAST_VISIBLE]
    hidden = [seen for seen in sightings if seen.visibility < _LEAST_VISIBLE]
    heads = [seen for seen in sightings if seen.head_visibility >= _LEAST_VISIBLE]
    unseen = [seen for seen in sightings if 0 < seen.head_visibility < _LEAST_VISIBLE]
    labels = Labels.of([seen.visible_box for seen in people], [seen.head_box for seen in heads])
    labels = labels.doubted([seen.visible_box for seen in hidden], Kind.PERSON)
    return labels.doubted([seen.head_box for seen in unseen], Kind.HEAD)
