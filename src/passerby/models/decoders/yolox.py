"""YOLOX: one box a cell at strides 8, 16 and 32 (Ge et al. 2021, arXiv 2107.08430, 2.1)."""

from collections.abc import Sequence

import numpy as np

from passerby.detections import Detections
from passerby.geometry import boxes_around
from passerby.models.classes import FIRST_CLASS, Wanted
from passerby.models.decoders.decoder import (
    DECODERS,
    Decoder,
    Shapes,
    cells,
    count_cells,
    strong,
)
from passerby.models.preparation import Preparation, Tensor

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
    """Turn centre offsets in cells and logarithms of sizes in cells into boxes.

    Args:
        outputs: One of shape (1, cells, 5 + classes): x, y, width, height, objectness and
            the probability of each class.
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
    places, strides = cells(height, width)
    raw, strides = raw[cell], strides[cell]
    boxes = boxes_around((raw[:, :2] + places[cell]) * strides, np.exp(raw[:, 2:4]) * strides)
    return Detections.of(boxes, scores[cell, position], wanted.kinds[position])


def _classes(shapes: Shapes, height: int, width: int) -> int | None:
    if len(shapes) != 1 or len(shapes[0]) != 3:
        return None
    _, count, numbers = shapes[0]
    fits = count == sum(count_cells(height, width)) and numbers > _FIRST
    return numbers - _FIRST if fits else None


DECODERS.add(
    "yolox",
    Decoder(
        "YOLOX, its outputs not decoded: (1, cells, 5 + classes)", Preparation(), decode, _classes
    ),
)
