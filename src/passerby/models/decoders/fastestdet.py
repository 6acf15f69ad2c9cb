"""FastestDet: one box a cell of a single feature map (github.com/dog-qiuqiu/FastestDet)."""

from collections.abc import Sequence

import cv2
import numpy as np
from scipy.special import expit

from passerby.detections import Boxes
from passerby.models.decoders.decoder import DECODERS, Decoder, Scores, grid
from passerby.models.session import Tensor
from passerby.types import Image

__all__ = ["decode", "prepare"]

_PERSON = 5


def prepare(image: Image) -> Tensor:
    """Feed BGR, scaled to 0-1.

    Args:
        image: Shape (height, width, 3).

    Returns:
        Shape (1, 3, height, width).
    """
    return np.asarray(cv2.dnn.blobFromImage(image, 1 / 255), np.float32)


def decode(outputs: Sequence[Tensor], height: int, width: int) -> tuple[Boxes, Scores]:
    """Turn offsets in cells and sizes as shares of the input into boxes.

    Args:
        outputs: One of shape (1, 5 + classes, rows, columns): objectness, then x and y before
            tanh, width and height before the logistic function, and the probability of each
            class, the first of which is "person".
        height: Of the network's input.
        width: Of the network's input.

    Returns:
        Boxes (rows * columns, 4) in the input's pixels, and scores (rows * columns,):
        objectness ** 0.6 * probability ** 0.4.
    """
    _, channels, rows, columns = outputs[0].shape
    raw = outputs[0].reshape(channels, -1).T
    input_size = np.array([width, height], np.float32)
    centres = (grid(rows, columns) + np.tanh(raw[:, 1:3])) * input_size / [columns, rows]
    halves = expit(raw[:, 3:5]) * input_size / 2
    boxes = np.concatenate([centres - halves, centres + halves], axis=1).astype(np.float32)
    return boxes, raw[:, 0] ** 0.6 * raw[:, _PERSON] ** 0.4


def _fits(shapes: Sequence[tuple[int, ...]]) -> bool:
    return len(shapes) == 1 and len(shapes[0]) == 4 and shapes[0][1] > _PERSON


DECODERS.add("fastestdet", Decoder(prepare, decode, _fits, keeps_aspect=False))
