"""What the filter of Johansson and Lundberg learns from: squares, or people seen from above.

The detector gets images with one square or person, and heat maps; the re-ID network gets pairs of
close-ups. Chapter 3 of the thesis.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import cv2
import numpy as np
import numpy.typing as npt
import torch

from passerby.datasets import read_dataset
from passerby.errors import ConfigError, InputError
from passerby.models.detectors.differentiable import heat_map_targets
from passerby.sources import open_source
from passerby.synth.body import Body
from passerby.synth.camera import ceiling
from passerby.synth.identity import Identity
from passerby.synth.people import World
from passerby.synth.place import scatter
from passerby.synth.sighting import Sighting
from passerby.synth.squares import detector_batch, heatmaps, pairs, reid_batch
from passerby.types import Image

__all__ = [
    "FilterData",
    "FilterExamples",
    "People",
    "Squares",
    "Stills",
    "synthetic_stills",
    "tvpr",
]

_Images = npt.NDArray[np.uint8]
"""Shape (N, H, W, 3), RGB."""

_IMAGES_OF_A_COLOUR = 6
_STILLS = 6
_SIZE = 96, 128
"""Height and width to which the thesis reduces images for the detector."""

_SEED = 900_000
"""Worlds that detectors and obfuscators learn from have smaller seeds."""

_LEAST_DIFFERENCE = 25
"""Of 255, from the empty scene, of pixels that show a person."""

_TRAINED, _VALIDATED = 0.7, 0.15
"""Shares of the people; the rest are tested on."""


class FilterExamples(NamedTuple):
    """A batch, or a whole part of the data.

    Attributes:
        images: Shape (N, H, W, 3), RGB, uint8, for the detector.
        heat_maps: Shape (N, H / 4, W / 4), 0-1.
        close_ups: Shape (M, S, S, 3), RGB, uint8, for the re-ID network.
        pairs: Shape (K, 2), indices of close-ups.
        same: Shape (K,): whether both show the same person.
    """

    images: _Images
    heat_maps: npt.NDArray[np.float32]
    close_ups: _Images
    pairs: npt.NDArray[np.int64]
    same: npt.NDArray[np.bool_]


class FilterData(Protocol):
    """Where batches come from."""

    def batch(self, seed: tuple[int, ...], size: int) -> FilterExamples:
        """Draw as many images, and pairs, to learn from; the same for the same seed."""

    def validation(self) -> FilterExamples:
        """Return what the best filter is chosen by."""

    def test(self) -> FilterExamples:
        """Return what is measured in the end."""


@dataclass(frozen=True, slots=True)
class Squares:
    """The simple data set (section 3.1): new squares for each batch.

    Attributes:
        measured: Images, and pairs, to validate and test on; the thesis has 720 of both.
        side: Of the close-ups, which are of one colour throughout.
        seed: Of all.
    """

    measured: int = 720
    side: int = 160
    seed: int = 0

    def batch(self, seed: tuple[int, ...], size: int) -> FilterExamples:
        """See `FilterData.batch`."""
        rng = np.random.default_rng([self.seed, 79, *seed])
        squares = detector_batch(rng, -(-size // 5))
        people = max(2, -(-size // 6))
        plain = reid_batch(rng, people, _IMAGES_OF_A_COLOUR)
        matched, same = pairs(rng, plain.identities, size)
        return FilterExamples(
            np.ascontiguousarray(squares.images[:size, :, :, ::-1]),
            heatmaps(squares.centres[:size]),
            np.ascontiguousarray(plain.images[:, : self.side, : self.side, ::-1]),
            matched,
            same.astype(np.bool_),
        )

    def validation(self) -> FilterExamples:
        """See `FilterData.validation`."""
        return self.batch((1,), self.measured)

    def test(self) -> FilterExamples:
        """See `FilterData.test`."""
        return self.batch((2,), self.measured)


@dataclass(frozen=True, eq=False)
class Stills:
    """One person in each picture, seen from straight above by one camera.

    Attributes:
        images: Shape (N, 96, 128, 3), RGB, uint8.
        centres: Shape (N, 2), x and y of the person's middle in these.
        close_ups: Shape (N, S, S, 3), RGB, uint8: squares around the people.
        identities: Shape (N,).
    """

    images: _Images
    centres: npt.NDArray[np.float64]
    close_ups: _Images
    identities: npt.NDArray[np.int64]

    def of(self, people: npt.NDArray[np.int64]) -> "Stills":
        """Return the pictures of some people."""
        chosen = np.isin(self.identities, people)
        return Stills(
            self.images[chosen],
            self.centres[chosen],
            self.close_ups[chosen],
            self.identities[chosen],
        )


class People:
    """The real data set (section 3.2), or one like it: parts share no person.

    Args:
        stills: Of all people.
        seed: Of who is in which part, and of batches.

    Raises:
        ConfigError: If there are too few people for three parts.
    """

    def __init__(self, stills: Stills, seed: int = 0) -> None:
        people = np.random.default_rng([seed, 83]).permutation(np.unique(stills.identities))
        first = round(_TRAINED * len(people))
        second = first + round(_VALIDATED * len(people))
        if first < 2 or second - first < 2 or len(people) - second < 2:
            raise ConfigError(f"{len(people)} people cannot be split: give at least 14")
        self._seed = seed
        self._parts = [
            stills.of(some) for some in (people[:first], people[first:second], people[second:])
        ]

    def batch(self, seed: tuple[int, ...], size: int) -> FilterExamples:
        """See `FilterData.batch`."""
        rng = np.random.default_rng([self._seed, 79, *seed])
        return _examples(self._parts[0], rng, size, size)

    def validation(self) -> FilterExamples:
        """See `FilterData.validation`."""
        return self._whole(1)

    def test(self) -> FilterExamples:
        """See `FilterData.test`."""
        return self._whole(2)

    def _whole(self, part: int) -> FilterExamples:
        stills = self._parts[part]
        rng = np.random.default_rng([self._seed, 89, part])
        same = stills.identities[:, None] == stills.identities
        mated = (int(same.sum()) - len(same)) // 2
        return _examples(stills, rng, len(same), 2 * min(mated, 5 * len(same)))


def _examples(
    stills: Stills, rng: np.random.Generator, images: int, compared: int
) -> FilterExamples:
    chosen = rng.permutation(len(stills.images))[:images]
    matched, same = pairs(rng, stills.identities, compared)
    used, places = np.unique(matched, return_inverse=True)
    return FilterExamples(
        stills.images[chosen],
        _heat_maps(stills.centres[chosen]),
        stills.close_ups[used],
        places.reshape(matched.shape),
        same.astype(np.bool_),
    )


def _heat_maps(centres: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    middles = list(torch.from_numpy(centres).float()[:, None])
    maps: npt.NDArray[np.float32] = heat_map_targets(middles, _SIZE).numpy()
    return maps


def synthetic_stills(people: int = 100, side: int = 160, seed: int = 0) -> Stills:
    """Draw six pictures of each of so many people who do not exist, all in one place.

    Args:
        people: As TVPR has.
        side: Of the close-ups, in pixels.
        seed: Of place and people.
    """
    world = World.random(_SEED + seed, 0, obstacles=4, half=(1.5, 1.0))
    view = world.view(ceiling(np.zeros(2), 3.5, name="above", size=(640, 480)))
    rng = np.random.default_rng([seed, 97])
    drawn: list[tuple[Image, tuple[int, int, int, int], int]] = []
    for number in range(1, people + 1):
        body = Body.of(Identity.random(number, _SEED + seed))
        for still in range(_STILLS):
            places = scatter(rng, [body.identity.gait], np.array([1.1, 0.7]), world.scene.obstacles)
            shot = view.shot([body], places, still, 0.4 * still)
            seen: Sighting = shot.sightings[0]
            drawn.append((shot.image, seen.visible_box, number))
    return _stills(iter(drawn), side)


def tvpr(root: Path, side: int = 160) -> Stills:
    """Read the stills of TVPR, as `passerby datasets` describes them; see `passerby.datasets.tvpr`.

    The thesis marked people by hand. Here they are where a still differs from the median of all,
    for the camera does not move.

    Args:
        root: Folder with ``stills/``.
        side: Of the close-ups, in pixels.

    Raises:
        InputError: If a picture cannot be read, differs in size or shows nobody.
    """
    dataset = read_dataset(root, "tvpr")
    samples = sorted(dataset.samples, key=lambda sample: sample.path)
    images = [_read(dataset.file(sample.path)) for sample in samples]
    if len({image.shape for image in images}) > 1:
        raise InputError(f"the stills in {root} differ in size: give those of one camera")
    empty = np.median(np.stack(images[:: max(len(images) // 60, 1)]), axis=0)
    boxes = [
        _largest_change(image, empty, sample.path)
        for image, sample in zip(images, samples, strict=True)
    ]
    people = [sample.identity for sample in samples]
    return _stills(iter(zip(images, boxes, people, strict=True)), side)


def _read(path: Path) -> Image:
    with open_source(path) as source:
        return next(iter(source)).image


def _largest_change(
    image: Image, empty: npt.NDArray[np.float64], name: str
) -> tuple[int, int, int, int]:
    """Return the box around the largest part of a picture that is not as it is when empty."""
    changed = (np.abs(image - empty).max(axis=2) >= _LEAST_DIFFERENCE).astype(np.uint8)
    changed = np.asarray(cv2.morphologyEx(changed, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)))
    count, _, statistics, _ = cv2.connectedComponentsWithStats(changed)
    if count < 2:
        raise InputError(f"nobody can be seen in {name}: leave it out")
    left, top, width, height, _ = statistics[1 + int(np.argmax(statistics[1:, 4]))]
    return int(left), int(top), int(left + width), int(top + height)


def _stills(drawn: Iterator[tuple[Image, tuple[int, int, int, int], int]], side: int) -> Stills:
    """Reduce whole pictures, and cut a square around each person."""
    images, centres, close_ups, identities = [], [], [], []
    for image, box, identity in drawn:
        height, width = image.shape[:2]
        rgb = image[:, :, ::-1].copy()
        images.append(cv2.resize(rgb, _SIZE[::-1], interpolation=cv2.INTER_AREA))
        middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        centres.append((middle[0] * _SIZE[1] / width, middle[1] * _SIZE[0] / height))
        close_ups.append(_square(rgb, middle, max(box[2] - box[0], box[3] - box[1]), side))
        identities.append(identity)
    return Stills(
        np.stack(images).astype(np.uint8),
        np.array(centres, np.float64),
        np.stack(close_ups).astype(np.uint8),
        np.array(identities, np.int64),
    )


def _square(image: Image, middle: tuple[float, float], length: int, side: int) -> Image:
    height, width = image.shape[:2]
    length = min(length, height, width)
    left, top = (
        min(max(round(centre - length / 2), 0), limit - length)
        for centre, limit in zip(middle, (width, height), strict=True)
    )
    part = image[top : top + length, left : left + length]
    return np.asarray(cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
