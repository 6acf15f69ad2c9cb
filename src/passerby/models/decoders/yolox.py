"""YOLOX: one box a cell at strides 8, 16 and 32 (Ge et al. 2021, arXiv 2107.08430, 2.1)."""

from collections.abc import Sequence

import cv2
import numpy as np

from passerby.detections import Boxes
from passerby.models.decoders.decoder import DECODERS, Decoder, Scores, grid
from passerby.models.session import Tensor
from passerby.types import Image

__all__ = ["decode", "prepare"]

_STRIDES = 8, 16, 32
_OBJECTNESS = 4
_PERSON = 5


def prepare(image: Image) -> Tensor:
    """Feed BGR as it is, 0-255.

    Args:
        image: Shape (height, width, 3).

    Returns:
        Shape (1, 3, height, width).
    """
    return np.asarray(cv2.dnn.blobFromImage(image), np.float32)


def decode(outputs: Sequence[Tensor], height: int, width: int) -> tuple[Boxes, Scores]:
    """Turn centre offsets in cells and logarithms of sizes in cells into boxes.

    Args:
        outputs: One of shape (1, anchors, 5 + classes): x, y, width, height, objectness and
            the probability of each class, the first of which is "person".
        height: Of the network's input.
        width: Of the network's input.

    Returns:
        Boxes (anchors, 4) in the input's pixels, and objectness times probability (anchors,).
    """
    raw = outputs[0][0]
    sizes = [(height // stride, width // stride) for stride in _STRIDES]
    cells = np.concatenate([grid(*size) for size in sizes])
    strides = np.repeat(
        np.array(_STRIDES, np.float32), [rows * columns for rows, columns in sizes]
    )[:, None]
    centres = (raw[:, :2] + cells) * strides
    halves = np.exp(raw[:, 2:4]) * strides / 2
    boxes = np.concatenate([centres - halves, centres + halves], axis=1)
    return boxes, raw[:, _OBJECTNESS] * raw[:, _PERSON]


def _fits(shapes: Sequence[tuple[int, ...]]) -> bool:
    return len(shapes) == 1 and len(shapes[0]) == 3 and shapes[0][2] > _PERSON


DECODERS.add("yolox", Decoder(prepare, decode, _fits))
