"""YOLOv5 and YOLOv7, decoded: of each cell three boxes, each with objectness and classes."""

from collections.abc import Sequence

import numpy as np

from passerby.detections import Detections
from passerby.geometry import boxes_around
from passerby.models.classes import FIRST_CLASS, Wanted
from passerby.models.decoders.centred import ANCHORS, LEVELS, in_pixels
from passerby.models.decoders.decoder import (
    DECODERS,
    Decoder,
    Shapes,
    count_cells,
    strong,
)
from passerby.models.preparation import PREPARATIONS, Tensor

__all__ = ["decode"]

_OBJECTNESS = 4
_FIRST = 5


def decode(
    outputs: Sequence[Tensor],
    height: int,
    width: int,
    threshold: float,
    wanted: Wanted = FIRST_CLASS,
) -> Detections:
    """Turn centres and sizes into boxes.

    Args:
        outputs: One of shape (1, 3 * cells, 5 + classes): centre x and y, width and height, in
            pixels or as shares of the input, objectness, and the probability of each class.
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest product of objectness and probability.
        wanted: Which classes to look for.

    Returns:
        Boxes in the input's pixels.
    """
    raw = outputs[0][0]
    scores = raw[:, _OBJECTNESS, None] * raw[:, _FIRST + wanted.columns]
    cell, position = np.nonzero(strong(scores, threshold))
    places = raw[cell, :4] * in_pixels(raw[:, :2].T, height, width)
    boxes = boxes_around(places[:, :2], places[:, 2:])
    return Detections.of(boxes, scores[cell, position], wanted.kinds[position])


def _classes(shapes: Shapes, height: int, width: int) -> int | None:
    if len(shapes) != 1 or len(shapes[0]) != 3:
        return None
    _, count, numbers = shapes[0]
    counts = [ANCHORS * sum(count_cells(height, width, strides)) for strides in LEVELS]
    return numbers - _FIRST if count in counts and numbers > _FIRST else None


DECODERS.add(
    "yolov5",
    Decoder(
        "YOLOv5, YOLOv7: (1, 3 x cells, 5 + classes), in pixels or shares",
        PREPARATIONS["rgb-1"],
        decode,
        _classes,
    ),
)
