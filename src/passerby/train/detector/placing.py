"""Puts pictures and their labels onto a canvas."""

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Kind
from passerby.train.detector.example import LabelledScene, Labels
from passerby.types import Image

__all__ = ["GREY", "clipped", "moved", "place"]

GREY = 114
"""What is left of a canvas; what a picture is letterboxed with when the network is used."""

_LEAST_SIDE = {Kind.PERSON: 6.0, Kind.HEAD: 4.0}
"""Boxes with a shorter side are too small to be asked for, and not wrong to be found."""

_LEAST_KEPT = 0.3
"""Share of a box that must lie inside; of what is cut off further, too little can be seen."""


def place(
    scene: LabelledScene,
    canvas: Image,
    window: tuple[int, int, int, int],
    scale: float,
    offset: tuple[float, float],
    *,
    flip: bool,
) -> Labels:
    """Draw a picture into a window of the canvas and return its labels there.

    Args:
        scene: What to draw.
        canvas: Shape (height, width, 3); changed in place.
        window: Left, top, right, bottom of the part that may be drawn on, pixels.
        scale: By which the picture is enlarged.
        offset: Where its top left corner comes to lie, relative to the window's, in pixels.
        flip: Whether left and right are swapped.
    """
    left, top, right, bottom = window
    image, labels = _mirrored(scene) if flip else (scene.image, scene.labels)
    matrix = np.array([[scale, 0, offset[0]], [0, scale, offset[1]]], np.float32)
    canvas[top:bottom, left:right] = cv2.warpAffine(
        _shrunk(image, scale) if scale < 0.5 else image,
        _after_shrinking(matrix, scale),
        (right - left, bottom - top),
        flags=cv2.INTER_LINEAR,
        borderValue=(GREY, GREY, GREY),
    )
    shift = np.array([offset[0] + left, offset[1] + top] * 2, np.float32)
    return clipped(moved(labels, scale, shift), window)


def moved(labels: Labels, scale: float, shift: npt.NDArray[np.float32]) -> Labels:
    """Enlarge, then shift, all boxes."""
    return replace(
        labels, boxes=labels.boxes * scale + shift, unknown=labels.unknown * scale + shift
    )


def clipped(labels: Labels, window: tuple[float, float, float, float]) -> Labels:
    """Cut boxes off at a window's edges; those of which little is left become unknown."""
    boxes = _cut(labels.boxes, window)
    share = _area(boxes) / np.maximum(_area(labels.boxes), 1e-6)
    shortest = (boxes[:, 2:] - boxes[:, :2]).min(axis=1, initial=np.inf)
    least = np.array([_LEAST_SIDE[Kind(kind)] for kind in labels.kinds], np.float32)
    kept = (share >= _LEAST_KEPT) & (shortest >= least)
    doubtful = ~kept & (_area(boxes) > 0)
    unknown = _cut(labels.unknown, window)
    seen = _area(unknown) > 0
    return Labels(
        boxes[kept],
        labels.kinds[kept],
        np.concatenate([unknown[seen], boxes[doubtful]]),
        np.concatenate([labels.unknown_kinds[seen], labels.kinds[doubtful]]),
    )


def _mirrored(scene: LabelledScene) -> tuple[Image, Labels]:
    width = scene.image.shape[1]
    labels = replace(
        scene.labels,
        boxes=_swapped(scene.labels.boxes, width),
        unknown=_swapped(scene.labels.unknown, width),
    )
    return np.asarray(cv2.flip(scene.image, 1), np.uint8), labels


def _swapped(boxes: Boxes, width: int) -> Boxes:
    left, top, right, bottom = boxes.T
    return np.stack([width - right, top, width - left, bottom], axis=1)


def _shrunk(image: Image, scale: float) -> Image:
    """Average pixels before they are sampled so sparsely that some would never be seen."""
    height, width = image.shape[:2]
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _after_shrinking(matrix: npt.NDArray[np.float32], scale: float) -> npt.NDArray[np.float32]:
    if scale >= 0.5:
        return matrix
    matrix = matrix.copy()
    matrix[:, :2] = np.eye(2)
    return matrix


def _cut(boxes: Boxes, window: tuple[float, float, float, float]) -> Boxes:
    left, top, right, bottom = window
    low = np.array([left, top] * 2, np.float32)
    high = np.array([right, bottom] * 2, np.float32)
    return np.clip(boxes, low, high)


def _area(boxes: Boxes) -> npt.NDArray[np.float32]:
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0)
    return np.asarray(sides[:, 0] * sides[:, 1], np.float32)
