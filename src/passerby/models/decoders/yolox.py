"""YOLOX: one box a cell at strides 8, 16 and 32 (Ge et al. 2021, arXiv 2107.08430, 2.1)."""

from collections.abc import Sequence

import numpy as np

from passerby.detections import Detections
from passerby.models.decoders.decoder import (
    DECODERS,
    Decoder,
    cells,
    count_cells,
    strong,
    unscaled,
)
from passerby.models.session import Tensor

__all__ = ["decode"]

_OBJECTNESS = 4
_PERSON = 5


def decode(outputs: Sequence[Tensor], height: int, width: int, threshold: float) -> Detections:
    """Turn centre offsets in cells and logarithms of sizes in cells into boxes.

    Args:
        outputs: One of shape (1, cells, 5 + classes): x, y, width, height, objectness and
            the probability of each class, the first of which is "person".
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest product of objectness and probability.

    Returns:
        Persons in the input's pixels.
    """
    raw = outputs[0][0]
    scores = raw[:, _OBJECTNESS] * raw[:, _PERSON]
    chosen = strong(scores, threshold)
    places, strides = cells(height, width)
    raw, strides = raw[chosen], strides[chosen]
    centres = (raw[:, :2] + places[chosen]) * strides
    halves = np.exp(raw[:, 2:4]) * strides / 2
    boxes = np.concatenate([centres - halves, centres + halves], axis=1)
    return Detections.of(boxes, scores[chosen])


def _fits(shapes: Sequence[tuple[int, ...]], height: int, width: int) -> bool:
    if len(shapes) != 1 or len(shapes[0]) != 3:
        return False
    _, count, numbers = shapes[0]
    return count == sum(count_cells(height, width)) and numbers > _PERSON


DECODERS.add("yolox", Decoder(unscaled, decode, _fits))
