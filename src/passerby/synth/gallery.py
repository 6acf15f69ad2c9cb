"""Photographs people for re-identification: crops of each of them by several cameras."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from passerby.errors import ConfigError
from passerby.synth.body import Body
from passerby.synth.camera import Camera
from passerby.synth.files import write_image
from passerby.synth.identity import Identity
from passerby.synth.market import MARKET_FOLDERS, PortraitCrop, crop, crop_name
from passerby.synth.people import World
from passerby.synth.place import scatter
from passerby.synth.recording import around
from passerby.synth.sighting import Sighting
from passerby.synth.view import View

__all__ = ["Gallery", "Portrait", "photograph", "portraits"]

GROUP = 3
"""People who are before a camera at the same time."""

ATTEMPTS = 40
"""Pictures that are taken of a group before whoever is still missing is left out."""

_SEEDS = 1_000_000
"""From a place to the next, so that other galleries have other places."""

Crops = list[PortraitCrop]

SIDE = 4.0
"""Metres of the square in which people are photographed."""


@dataclass(frozen=True)
class Gallery:
    """What is to be photographed.

    Attributes:
        people: Number of identities.
        cameras: How many cameras see each of them, 1-9.
        images: Crops that each camera takes of each person, at least 2: one asks, one answers.
        seed: Of everything.
        tested: How many of the people, the last, are to test on; half of them by default.
        places: At how many places there are cameras; the people are shared out among them.

    Raises:
        ConfigError: If a number is out of its range.
    """

    people: int
    cameras: int = 3
    images: int = 4
    seed: int = 0
    tested: int | None = None
    places: int = 1

    def __post_init__(self) -> None:
        if self.people < 2:
            raise ConfigError(f"{self.people} people cannot be split: ask for at least 2")
        if not 1 <= self.cameras <= 9:
            raise ConfigError(f"{self.cameras} cameras: the layout holds 1 to 9")
        if self.images < 2:
            raise ConfigError(f"{self.images} images of a person: ask for at least 2")
        if self.tested is not None and not 0 < self.tested < self.people:
            raise ConfigError(
                f"{self.tested} of {self.people} people to test on: leave some of each"
            )
        if not 1 <= self.places <= self.people:
            raise ConfigError(
                f"{self.places} places for {self.people} people: ask for 1 each at most"
            )

    @property
    def trained_on(self) -> int:
        """How many of the identities, the first, are to train on."""
        return self.people // 2 if self.tested is None else self.people - self.tested


@dataclass(frozen=True, eq=False)
class Portrait:
    """A crop of a person, and who it is.

    Attributes:
        identity: Number of the person, from 1.
        camera: Number of the camera, from 1.
        index: Number among the crops of this person by this camera, from 0.
        crop: What is seen.
    """

    identity: int
    camera: int
    index: int
    crop: PortraitCrop


def portraits(gallery: Gallery, progress: Callable[[], None] = lambda: None) -> Iterator[Portrait]:
    """Photograph everybody; crops stay in memory.

    Args:
        gallery: Whom to photograph.
        progress: Called after each person and camera.
    """
    bodies = [
        Body.of(Identity.random(number, gallery.seed)) for number in range(1, gallery.people + 1)
    ]
    for number, view, group in _sessions(gallery, bodies):
        for identity, crops in _crops(view, group, gallery, number):
            for index, one in enumerate(crops):
                yield Portrait(identity, number, index, one)
            progress()


def photograph(gallery: Gallery, folder: Path, progress: Callable[[], None] = lambda: None) -> None:
    """Write crops in Market-1501's layout into ``folder``, which must exist.

    Args:
        gallery: Whom to photograph.
        folder: Where to.
        progress: Called after each person and camera.
    """
    for name in MARKET_FOLDERS:
        (folder / name).mkdir()
    for one in portraits(gallery, progress):
        name = crop_name(one.identity, one.camera, one.index + 1)
        subset = _subset(gallery, one.identity, one.index)
        write_image(folder / subset / name, one.crop.picture)


def _sessions(
    gallery: Gallery, bodies: Sequence[Body]
) -> Iterator[tuple[int, View, Sequence[Body]]]:
    """Number of a camera, what it looks at, and who stands there together."""
    for place in range(gallery.places):
        present = bodies[place :: gallery.places]
        for number, view in enumerate(_views(gallery, place), 1):
            for start in range(0, len(present), GROUP):
                yield number, view, present[start : start + GROUP]


def _subset(gallery: Gallery, identity: int, index: int) -> str:
    """The first crop of a tested person by each camera is a query."""
    if identity <= gallery.trained_on:
        return "bounding_box_train"
    return "query" if index == 0 else "bounding_box_test"


def _views(gallery: Gallery, place: int) -> Iterator[View]:
    """What each camera of a place looks at: ground, things and light of its own."""
    cameras = around(gallery.cameras, SIDE, (640, 360))
    for number, camera in enumerate(cameras, 1):
        seed = 10 * (gallery.seed + place * _SEEDS) + number
        yield World.random(seed, 0, obstacles=2, half=(SIDE / 2, SIDE / 2)).view(camera)


def _crops(
    view: View, bodies: Sequence[Body], gallery: Gallery, camera: int
) -> Iterator[tuple[int, Crops]]:
    """Take pictures of a group until there are enough good ones of everybody."""
    found: dict[int, Crops] = {body.identity.number: [] for body in bodies}
    rng = np.random.default_rng([gallery.seed, camera, bodies[0].identity.number, 41])
    half = np.full(2, SIDE / 2)
    gaits = [body.identity.gait for body in bodies]
    for attempt in range(ATTEMPTS):
        if all(len(crops) == gallery.images for crops in found.values()):
            break
        places = scatter(rng, gaits, half, view.scene.obstacles)
        shot = view.shot(bodies, places, attempt, float(attempt))
        for seen in shot.sightings:
            if _is_good(seen, view.camera) and len(found[seen.identity]) < gallery.images:
                found[seen.identity].append(crop(shot, seen))
    yield from found.items()


def _is_good(seen: Sighting, camera: Camera) -> bool:
    """Whether the person is in the picture from head to foot, large enough and hardly hidden."""
    left, top, right, bottom = seen.box
    inside = left >= 0 and top >= 0 and right <= camera.width and bottom <= camera.height
    return inside and bottom - top >= 80 and seen.visibility >= 0.75
