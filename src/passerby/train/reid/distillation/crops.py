"""People in photographs, cut out with some of what is around them; they stay in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from passerby.detections import Kind
from passerby.train.detector.collections import Collection, held_out
from passerby.types import Image

__all__ = ["PersonCrop", "crops_of", "whole"]

_AROUND = 0.15
"""Of a box's height and width, kept on each side: boxes are moved when they are learned from."""

_SMALLEST = 48, 16
"""Height and width in pixels of the smallest person who is learned from."""

_TALLEST = 256
"""Height in pixels of the tallest person who is kept as large as found: no network sees more."""


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
    """Cut out everybody in the pictures of collections who is large enough.

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
        scene = example.load()
        crops.extend(_crops(scene.image, scene.labels.of_kind(Kind.PERSON)))
        progress(number, len(examples))
    return crops


def _crops(image: Image, boxes: np.ndarray) -> Iterator[PersonCrop]:
    height, width = image.shape[:2]
    for left, top, right, bottom in boxes.tolist():
        tall, wide = bottom - top, right - left
        if tall < _SMALLEST[0] or wide < _SMALLEST[1]:
            continue
        x0, y0 = max(round(left - _AROUND * wide), 0), max(round(top - _AROUND * tall), 0)
        x1 = min(round(right + _AROUND * wide), width)
        y1 = min(round(bottom + _AROUND * tall), height)
        crop = image[y0:y1, x0:x1]
        scale = min(1.0, _TALLEST / tall)
        size = max(round((x1 - x0) * scale), 1), max(round((y1 - y0) * scale), 1)
        small = cv2.resize(crop, size, interpolation=cv2.INTER_AREA) if scale < 1 else crop.copy()
        box = ((left - x0) * scale, (top - y0) * scale, (right - x0) * scale, (bottom - y0) * scale)
        yield PersonCrop(np.asarray(small, np.uint8), box)
