"""FastestDet: one box a cell of a single feature map (github.com/dog-qiuqiu/FastestDet)."""

from collections.abc import Sequence

import cv2
import numpy as np
from scipy.special import expit

from passerby.detections import Detections
from passerby.models.decoders.decoder import DECODERS, Decoder, grid, strong
from passerby.models.session import Tensor
from passerby.types import Image

__all__ = ["decode", "prepare"]

_PERSON = 5
_STRIDE = 16


def prepare(image: Image) -> Tensor:
    """Feed BGR, scaled to 0-1.

    Args:
        image: Shape (height, width, 3).

    Returns:
        Shape (1, 3, height, width).
    """
    return np.asarray(cv2.dnn.blobFromImage(image, 1 / 255), np.float32)


def decode(outputs: Sequence[Tensor], height: int, width: int, threshold: float) -> Detections:
    """Turn offsets in cells and sizes as shares of the input into boxes.

    Args:
        outputs: One of shape (1, 5 + classes, rows, columns): objectness, then x and y before
            tanh, width and height before the logistic function, and the probability of each
            class, the first of which is "person".
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest score, which is objectness ** 0.6 * probability ** 0.4.

    Returns:
        Persons in the input's pixels.
    """
    _, channels, rows, columns = outputs[0].shape
    raw = outputs[0].reshape(channels, -1).T
    scores = raw[:, 0] ** 0.6 * raw[:, _PERSON] ** 0.4
    chosen = strong(scores, threshold)
    raw = raw[chosen]
    input_size = np.array([width, height], np.float32)
    centres = (grid(rows, columns)[chosen] + np.tanh(raw[:, 1:3])) * input_size / [columns, rows]
    halves = expit(raw[:, 3:5]) * input_size / 2
    boxes = np.concatenate([centres - halves, centres + halves], axis=1)
    return Detections.of(boxes, scores[chosen])


def _fits(shapes: Sequence[tuple[int, ...]], height: int, width: int) -> bool:
    if len(shapes) != 1 or len(shapes[0]) != 4:
        return False
    _, channels, *size = shapes[0]
    return channels > _PERSON and size == [height // _STRIDE, width // _STRIDE]


DECODERS.add("fastestdet", Decoder(prepare, decode, _fits, keeps_aspect=False))
