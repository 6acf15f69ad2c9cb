"""FastestDet: one box a cell of a single feature map (github.com/dog-qiuqiu/FastestDet)."""

from collections.abc import Sequence

import numpy as np

from passerby.detections import Detections
from passerby.geometry import boxes_around
from passerby.models.classes import FIRST_CLASS, Wanted
from passerby.models.decoders.decoder import DECODERS, Decoder, Shapes, grid, strong
from passerby.models.preparation import PREPARATIONS, Tensor

__all__ = ["decode", "prepare"]

_FIRST = 5
_STRIDE = 16

prepare = PREPARATIONS["bgr-1"]


def decode(
    outputs: Sequence[Tensor],
    height: int,
    width: int,
    threshold: float,
    wanted: Wanted = FIRST_CLASS,
) -> Detections:
    """Turn offsets in cells and sizes as shares of the input into boxes.

    Args:
        outputs: One of shape (1, 5 + classes, rows, columns): objectness, then x and y before
            tanh, width and height before the logistic function, and the probability of each
            class.
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest score, which is objectness ** 0.6 * probability ** 0.4.
        wanted: Which classes to look for.

    Returns:
        Boxes in the input's pixels.
    """
    _, channels, rows, columns = outputs[0].shape
    raw = outputs[0].reshape(channels, -1).T
    scores = raw[:, :1] ** 0.6 * raw[:, _FIRST + wanted.columns] ** 0.4
    cell, position = np.nonzero(strong(scores, threshold))
    raw = raw[cell]
    input_size = np.array([width, height], np.float32)
    cell_size = np.array([width / columns, height / rows], np.float32)
    centres: Tensor = (grid(rows, columns)[cell] + np.tanh(raw[:, 1:3])) * cell_size
    sizes: Tensor = np.float32(0.5) * (1 + np.tanh(raw[:, 3:5] / 2)) * input_size
    boxes = boxes_around(centres, sizes)
    return Detections.of(boxes, scores[cell, position], wanted.kinds[position])


def _classes(shapes: Shapes, height: int, width: int) -> int | None:
    if len(shapes) != 1 or len(shapes[0]) != 4:
        return None
    _, channels, *size = shapes[0]
    fits = channels > _FIRST and size == [height // _STRIDE, width // _STRIDE]
    return channels - _FIRST if fits else None


DECODERS.add(
    "fastestdet",
    Decoder(
        "FastestDet: one map of 5 + classes channels at stride 16",
        prepare,
        decode,
        _classes,
        keeps_aspect=False,
    ),
)
