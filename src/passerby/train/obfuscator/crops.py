"""Crops aimed at people, cut from frames in memory: what obfuscators and attackers learn from.

Whole frames are mostly background. Crops of 160 by 96 pixels around people train as well, take a
fifth of the time, and obfuscators that learned from them work on whole frames.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Mask
from passerby.geometry import intersection
from passerby.types import Image

__all__ = ["AIMED_AT_NOBODY", "HEIGHT", "WIDTH", "ClearFrame", "Crop", "cut_anywhere", "cut_views"]

HEIGHT, WIDTH = 96, 160
"""Of a crop, in pixels: multiples of the strides of all detectors."""

AIMED_AT_NOBODY = np.iinfo(np.int64).min
"""In place of an identity, of crops that are aimed at nobody."""

_SHORTEST, _TALLEST = 24, 96
"""Heights of the person aimed at, in pixels of the crop."""

_MOST_ENLARGED = 1.5
_LEAST_SEEN = 0.3
"""Share of a box that must lie in the crop for the person to be in it."""


@dataclass(frozen=True, eq=False)
class ClearFrame:
    """A raw frame and the people in it. It stays in memory.

    Attributes:
        image: Shape (height, width, 3), BGR, uint8.
        mean: What the camera shows in the mean, of the same shape; None for a photograph.
        boxes: Shape (n, 4), of people, in pixels.
        people: Shape (height, width): which pixels show people.
        identities: Shape (n,): who they are; the same number means the same person.
        synthetic: Whether nobody in it exists.
    """

    image: Image
    mean: Image | None
    boxes: Boxes
    people: Mask
    identities: npt.NDArray[np.int64]
    synthetic: bool = False


@dataclass(frozen=True, eq=False)
class Crop:
    """A part of a frame, enlarged or reduced.

    Attributes:
        image: Shape (96, 160, 3), RGB, uint8.
        mean: Likewise, what the camera shows there in the mean; None for a photograph.
        people: Shape (96, 160): which pixels show people.
        boxes: Shape (n, 4), of everybody in it.
        box: Shape (4,), of the person aimed at; zeros if it is aimed at nobody.
        identity: Of that person, or `AIMED_AT_NOBODY`.
        synthetic: Whether nobody in it exists.
    """

    image: npt.NDArray[np.uint8]
    mean: npt.NDArray[np.uint8] | None
    people: Mask
    boxes: Boxes
    box: Boxes
    identity: int
    synthetic: bool


def cut_views(
    frame: ClearFrame,
    rng: np.random.Generator,
    *,
    people: int = 2,
    views: int = 2,
    upright: float = 0.0,
) -> Iterator[list[Crop]]:
    """Aim at some of the people in a frame, each several times.

    Args:
        frame: To cut from.
        rng: Of whom it aims at, and how.
        people: At most so many of them.
        views: Of each: at another size and place, perhaps mirrored.
        upright: It aims only at people who are at least so many times as tall as wide.

    Yields:
        The views of one person.
    """
    heights = frame.boxes[:, 3] - frame.boxes[:, 1]
    widths = frame.boxes[:, 2] - frame.boxes[:, 0]
    large = np.flatnonzero(
        (heights * _MOST_ENLARGED >= _SHORTEST) & (widths >= 2) & (heights >= upright * widths)
    )
    for chosen in rng.permutation(large)[:people]:
        yield [_aimed(frame, int(chosen), rng) for _ in range(views)]


def cut_anywhere(frame: ClearFrame, rng: np.random.Generator, *, windows: int) -> Iterator[Crop]:
    """Cut windows that are aimed at nobody: cameras see more than people, and many from afar.

    Args:
        frame: To cut from.
        rng: Of their sizes, from the whole frame to a crop that is half as large again as what it
            shows, and places.
        windows: How many.

    Yields:
        Crops with whoever is in them, whose identity is `AIMED_AT_NOBODY`.
    """
    height, width = frame.image.shape[:2]
    widest = max(WIDTH / width, HEIGHT / height)
    for _ in range(windows):
        scale = max(
            np.exp(rng.uniform(np.log(min(widest, _MOST_ENLARGED)), np.log(_MOST_ENLARGED))), widest
        )
        across, down = min(round(WIDTH / scale), width), min(round(HEIGHT / scale), height)
        left, top = rng.integers(width - across + 1), rng.integers(height - down + 1)
        window = int(left), int(top), int(left) + across, int(top) + down
        yield _cut(frame, None, window, mirrored=bool(rng.random() < 0.5))


def _aimed(frame: ClearFrame, chosen: int, rng: np.random.Generator) -> Crop:
    """Cut a window in which a person has a random size and place."""
    height, width = frame.image.shape[:2]
    x0, y0, x1, y1 = frame.boxes[chosen].astype(float)
    wanted = np.exp(rng.uniform(np.log(_SHORTEST), np.log(_TALLEST)))
    scale = min(wanted / (y1 - y0), _MOST_ENLARGED)
    scale = max(scale, WIDTH / width, HEIGHT / height)
    size = min(WIDTH / scale, width), min(HEIGHT / scale, height)
    left, top = (
        _window(low, high, length, limit, rng)
        for low, high, length, limit in zip((x0, y0), (x1, y1), size, (width, height), strict=True)
    )
    window = left, top, left + round(size[0]), top + round(size[1])
    return _cut(frame, chosen, window, mirrored=bool(rng.random() < 0.5))


def _window(low: float, high: float, length: float, limit: int, rng: np.random.Generator) -> int:
    """Choose where a window begins, so that it holds the person or lies within the person."""
    first, last = sorted((high - length, low))
    start = rng.uniform(first, last)
    return round(min(max(start, 0.0), limit - length))


def _cut(
    frame: ClearFrame, chosen: int | None, window: tuple[int, int, int, int], *, mirrored: bool
) -> Crop:
    left, top, right, bottom = window
    scale = np.array([WIDTH / (right - left), HEIGHT / (bottom - top)] * 2)
    boxes = (frame.boxes.astype(float) - (left, top, left, top)) * scale
    clipped = boxes.clip(0, (WIDTH, HEIGHT, WIDTH, HEIGHT)).astype(np.float32)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    inside = intersection(boxes, np.array([[0.0, 0.0, WIDTH, HEIGHT]]))[:, 0]
    seen = inside >= _LEAST_SEEN * areas
    if chosen is not None:
        seen[chosen] = True
    people = frame.people[top:bottom, left:right].astype(np.uint8)
    resized = cv2.resize(people, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    crop = Crop(
        image=_rgb(frame.image, window),
        mean=None if frame.mean is None else _rgb(frame.mean, window),
        people=np.asarray(resized, np.bool_),
        boxes=clipped[seen],
        box=np.zeros(4, np.float32) if chosen is None else clipped[chosen],
        identity=AIMED_AT_NOBODY if chosen is None else int(frame.identities[chosen]),
        synthetic=frame.synthetic,
    )
    return _mirrored(crop) if mirrored else crop


def _rgb(image: Image, window: tuple[int, int, int, int]) -> npt.NDArray[np.uint8]:
    left, top, right, bottom = window
    part = image[top:bottom, left:right, ::-1].copy()
    reduces = right - left > WIDTH
    method = cv2.INTER_AREA if reduces else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (WIDTH, HEIGHT), interpolation=method), np.uint8)


def _mirrored(crop: Crop) -> Crop:
    return Crop(
        image=crop.image[:, ::-1].copy(),
        mean=None if crop.mean is None else crop.mean[:, ::-1].copy(),
        people=crop.people[:, ::-1].copy(),
        boxes=_mirrored_boxes(crop.boxes),
        box=_mirrored_boxes(crop.box),
        identity=crop.identity,
        synthetic=crop.synthetic,
    )


def _mirrored_boxes(boxes: Boxes) -> Boxes:
    mirrored = boxes.copy()
    mirrored[..., [0, 2]] = WIDTH - boxes[..., [2, 0]]
    return mirrored
