"""People in photographs, cut out with some of what is around them; they stay in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from passerby.detections import Boxes, Kind
from passerby.train.detector.collections import Collection, held_out
from passerby.train.detector.example import LabelledScene
from passerby.types import Image

__all__ = ["PersonCrop", "crops_of", "people_in", "whole"]

_AROUND = 0.15
"""Of a box's height and width, kept on each side: boxes are moved when they are learned from."""

_SMALLEST = 48, 16
"""Height and width in pixels of the smallest person who is learned from."""

_UPRIGHT = 1.6
"""Least height over width. Whoever sits, or is cut off at the waist, teaches little of how people
who walk by are told apart: a small network soon describes them as its teacher does."""

_TALLEST = 256
"""Height in pixels above which people are kept smaller: no network sees more."""


@dataclass(frozen=True, eq=False)
class PersonCrop:
    """A person and some of what is around.

    Attributes:
        image: Shape (height, width, 3), BGR, uint8. Raw: it stays in memory.
        box: Left, top, right, bottom of the person in it.
    """

    image: Image
    box: tuple[float, float, float, float]


def whole(image: Image) -> PersonCrop:
    """Take all of an image for the box of the person."""
    height, width = image.shape[:2]
    return PersonCrop(image, (0, 0, width, height))


def crops_of(
    collections: Sequence[Collection],
    data: Path,
    progress: Callable[[int, int], None] = lambda _done, _count: None,
) -> list[PersonCrop]:
    """Cut out everybody in the pictures of collections who is upright and large enough.

    Pictures that are held out to measure detectors are left out here too.

    Args:
        collections: In which all people have boxes.
        data: Folder that they lie in.
        progress: Told how many pictures are read, and how many there are.

    Raises:
        InputError: If a collection has no pictures, or one cannot be read.
    """
    crops: list[PersonCrop] = []
    examples = [
        example for collection in collections for example in held_out(collection.examples(data))[0]
    ]
    for number, example in enumerate(examples, 1):
        crops += people_in(example.load())
        progress(number, len(examples))
    return crops


def people_in(scene: LabelledScene) -> list[PersonCrop]:
    """Cut out everybody in a picture who is upright and large enough."""
    boxes = scene.labels.of_kind(Kind.PERSON)
    return [_cut(scene.image, box) for box in boxes if _upright(box)]


def _cut(image: Image, box: Boxes) -> PersonCrop:
    """Cut out one person, and shrink who is taller than any network sees."""
    height, width = image.shape[:2]
    low, high = box[:2].astype(float), box[2:].astype(float)
    around = _AROUND * (high - low)
    x0, y0 = np.rint(low - around).clip(0).astype(int)
    x1, y1 = np.rint(high + around).clip(None, (width, height)).astype(int)
    cut = image[y0:y1, x0:x1]
    scale = min(1.0, _TALLEST / (high - low)[1])
    if scale < 1:
        size = max(round((x1 - x0) * scale), 1), max(round((y1 - y0) * scale), 1)
        cut = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)
    left, top = (low - (x0, y0)) * scale
    right, bottom = (high - (x0, y0)) * scale
    return PersonCrop(cut.copy(), (left, top, right, bottom))


def _upright(box: Boxes) -> bool:
    """Whether somebody is large enough, and seen from head to foot as far as the box says."""
    height, width = box[3] - box[1], box[2] - box[0]
    return bool(height >= max(_SMALLEST[0], _UPRIGHT * width) and width >= _SMALLEST[1])
