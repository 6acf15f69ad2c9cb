"""YOLOv8, 9, 11 and 12: one decoded box a cell, with classes and without objectness."""

from collections.abc import Sequence

import numpy as np

from passerby.detections import Detections
from passerby.geometry import boxes_around
from passerby.models.classes import FIRST_CLASS, Wanted
from passerby.models.decoders.centred import LEVELS, in_pixels
from passerby.models.decoders.decoder import (
    DECODERS,
    Decoder,
    Shapes,
    count_cells,
    strong,
)
from passerby.models.preparation import PREPARATIONS, Tensor

__all__ = ["decode"]

_FIRST = 4


def decode(
    outputs: Sequence[Tensor],
    height: int,
    width: int,
    threshold: float,
    wanted: Wanted = FIRST_CLASS,
) -> Detections:
    """Turn centres and sizes into boxes.

    Args:
        outputs: One of shape (1, 4 + classes, cells): centre x and y, width and height, in pixels
            or as shares of the input, and the probability of each class.
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest probability.
        wanted: Which classes to look for.

    Returns:
        Boxes in the input's pixels.
    """
    raw = outputs[0][0]
    scores = raw[_FIRST + wanted.columns]
    position, cell = np.nonzero(strong(scores, threshold))
    places = raw[:4, cell].T * in_pixels(raw[:2], height, width)
    boxes = boxes_around(places[:, :2], places[:, 2:])
    return Detections.of(boxes, scores[position, cell], wanted.kinds[position])


def _classes(shapes: Shapes, height: int, width: int) -> int | None:
    if len(shapes) != 1 or len(shapes[0]) != 3:
        return None
    _, numbers, count = shapes[0]
    counts = [sum(count_cells(height, width, strides)) for strides in LEVELS]
    return numbers - _FIRST if count in counts and numbers > _FIRST else None


DECODERS.add(
    "yolov8",
    Decoder(
        "YOLOv8, 9, 11, 12: (1, 4 + classes, cells), in pixels or shares",
        PREPARATIONS["rgb-1"],
        decode,
        _classes,
    ),
)
