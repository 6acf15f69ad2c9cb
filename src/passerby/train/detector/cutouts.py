"""People cut out of synthetic pictures along their masks, to be pasted into other pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Kind
from passerby.geometry import area, intersection
from passerby.synth.sighting import Shot, Sighting
from passerby.train.detector.example import Labels
from passerby.types import Image

__all__ = ["Cutout", "cutouts_of", "pasted"]

_HIDDEN = 0.7
"""A box of which this share lies under somebody else is not asked for."""

_HEIGHTS = 24.0, 260.0
"""Of pasted people, in pixels."""


@dataclass(frozen=True, eq=False)
class Cutout:
    """A person without surroundings.

    Attributes:
        image: Shape (height, width, 3), BGR, uint8.
        cover: Shape (height, width), 0-1: how much of each pixel is the person's.
        head: Left, top, right, bottom of the head's box in ``image``.
    """

    image: Image
    cover: npt.NDArray[np.float32]
    head: tuple[float, float, float, float]


def cutouts_of(shot: Shot, shortest: float = 60) -> list[Cutout]:
    """Cut out everybody who can be seen whole and is tall enough."""
    height, width = shot.image.shape[:2]
    return [
        _cut(shot.image, seen)
        for seen in shot.sightings
        if seen.visibility > 0.97
        and seen.visible_box[3] - seen.visible_box[1] >= shortest
        and seen.visible_box[0] > 0
        and seen.visible_box[2] < width
        and seen.visible_box[1] > 0
        and seen.visible_box[3] < height
    ]


def _cut(image: Image, seen: Sighting) -> Cutout:
    left, top, right, bottom = seen.visible_box
    cover = cv2.GaussianBlur(seen.shape.astype(np.float32), (0, 0), 0.7)
    x0, y0, x1, y1 = seen.head_box
    head = (x0 - left, y0 - top, x1 - left, y1 - top)
    return Cutout(image[top:bottom, left:right].copy(), np.asarray(cover, np.float32), head)


def pasted(
    image: Image, labels: Labels, cutouts: Sequence[Cutout], rng: np.random.Generator
) -> tuple[Image, Labels]:
    """Paste one to four people at random places and sizes; who is behind them is forgotten."""
    image = image.copy()
    for _ in range(int(rng.integers(1, 5))):
        cutout = cutouts[int(rng.integers(len(cutouts)))]
        low, high = np.log(_HEIGHTS)
        scale = float(np.exp(rng.uniform(low, high))) / cutout.image.shape[0]
        labels = _paste(image, labels, cutout, scale, rng)
    return image, labels


def _paste(
    image: Image, labels: Labels, cutout: Cutout, scale: float, rng: np.random.Generator
) -> Labels:
    rows, columns = image.shape[:2]
    size = tuple(max(round(side * scale), 2) for side in cutout.image.shape[1::-1])
    if size[0] >= columns or size[1] >= rows:
        return labels
    person: Image = np.asarray(
        cv2.resize(cutout.image, size, interpolation=cv2.INTER_AREA), np.uint8
    )
    cover = cv2.resize(cutout.cover, size, interpolation=cv2.INTER_AREA)[..., None]
    left = int(rng.integers(0, columns - size[0]))
    top = int(rng.integers(0, rows - size[1]))
    head = np.array(cutout.head, np.float32) * scale
    if rng.random() < 0.5:
        person, cover = person[:, ::-1], cover[:, ::-1]
        head = np.array([size[0] - head[2], head[1], size[0] - head[0], head[3]], np.float32)
    place = image[top : top + size[1], left : left + size[0]]
    blend = _lit_like(person, place, rng) * cover + place * (1 - cover)
    place[:] = np.clip(blend, 0, 255).astype(np.uint8)
    box = np.array([left, top, left + size[0], top + size[1]], np.float32)
    return _with(labels, box, head + np.array([left, top] * 2, np.float32))


def _lit_like(person: Image, place: Image, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Bring the person's brightness half way to that of the place."""
    factor = (place.mean() + 30) / (person.mean() + 30)
    return person.astype(np.float32) * float(factor ** rng.uniform(0, 0.8))


def _with(labels: Labels, person: Boxes, head: Boxes) -> Labels:
    """Add a person with a head, and forget what they hide."""
    hidden = intersection(labels.boxes, person[None])[:, 0] / np.maximum(area(labels.boxes), 1e-6)
    kept = hidden < _HIDDEN
    return Labels(
        np.concatenate([labels.boxes[kept], person[None], head[None]]),
        np.concatenate([labels.kinds[kept], [Kind.PERSON, Kind.HEAD]]),
        np.concatenate([labels.unknown, labels.boxes[~kept]]),
        np.concatenate([labels.unknown_kinds, labels.kinds[~kept]]),
    )
