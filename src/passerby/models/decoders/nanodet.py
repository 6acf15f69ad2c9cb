"""NanoDet-m: distances to the four sides as distributions (Li et al. 2020, arXiv 2006.04388)."""

from collections.abc import Sequence

import numpy as np

from passerby.detections import Boxes
from passerby.models.decoders.decoder import DECODERS, Decoder, Scores, grid
from passerby.models.session import Tensor
from passerby.types import Image

__all__ = ["decode", "prepare"]

_STRIDES = 8, 16, 32
_PERSON = 0
_MEAN = np.array([103.53, 116.28, 123.675], np.float32)
_DEVIATION = np.array([57.375, 57.12, 58.395], np.float32)


def prepare(image: Image) -> Tensor:
    """Take ImageNet's mean from each channel and divide by its deviation.

    Args:
        image: Shape (height, width, 3), BGR.

    Returns:
        Shape (1, 3, height, width).
    """
    normalised = (image - _MEAN) / _DEVIATION
    return np.ascontiguousarray(normalised.transpose(2, 0, 1)[None])


def decode(outputs: Sequence[Tensor], height: int, width: int) -> tuple[Boxes, Scores]:
    """Turn distributions over distances in cells into boxes.

    Args:
        outputs: For strides 8, 16 and 32 the probabilities of the classes, of which the first
            is "person", shape (1, cells, classes); then for the same strides the distributions
            of the distances to left, top, right and bottom, shape (1, cells, 4 * bins).
        height: Of the network's input.
        width: Of the network's input.

    Returns:
        Boxes (cells, 4) in the input's pixels, and the persons' probabilities (cells,).
    """
    scores = [output[0, :, _PERSON] for output in outputs[:3]]
    boxes = [
        _boxes(output[0], grid(height // stride, width // stride), stride)
        for output, stride in zip(outputs[3:], _STRIDES, strict=True)
    ]
    return np.concatenate(boxes), np.concatenate(scores)


def _boxes(logits: Tensor, cells: Tensor, stride: int) -> Boxes:
    """Take the mean of each distribution as the distance from the middle of the cell."""
    centres = cells * stride + (stride - 1) / 2
    weights = np.exp(logits.reshape(len(logits), 4, -1))
    bins = np.arange(weights.shape[2], dtype=np.float32)
    distances = weights @ bins / weights.sum(axis=2) * stride
    sides = [centres - distances[:, :2], centres + distances[:, 2:]]
    return np.concatenate(sides, axis=1).astype(np.float32)


def _fits(shapes: Sequence[tuple[int, ...]]) -> bool:
    return len(shapes) == 6 and all(len(shape) == 3 for shape in shapes)


DECODERS.add("nanodet", Decoder(prepare, decode, _fits, padding=0))
