"""NanoDet-m: distances to the four sides as distributions (Li et al. 2020, arXiv 2006.04388)."""

from collections.abc import Sequence

import numpy as np

from passerby.detections import Boxes, Detections
from passerby.models.decoders.decoder import DECODERS, Decoder, cells, count_cells, strong
from passerby.models.session import Tensor
from passerby.types import Image

__all__ = ["decode", "prepare"]

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


def decode(outputs: Sequence[Tensor], height: int, width: int, threshold: float) -> Detections:
    """Turn distributions over distances in cells into boxes.

    Args:
        outputs: For strides 8, 16 and 32 the probabilities of the classes, of which the first
            is "person", shape (1, cells, classes); then for the same strides the distributions
            of the distances to left, top, right and bottom, shape (1, cells, 4 * bins).
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest probability.

    Returns:
        Persons in the input's pixels.
    """
    scores = np.concatenate([output[0, :, _PERSON] for output in outputs[:3]])
    logits = np.concatenate([output[0] for output in outputs[3:]])
    chosen = strong(scores, threshold)
    places, strides = cells(height, width)
    boxes = _boxes(logits[chosen], places[chosen], strides[chosen])
    return Detections.of(boxes, scores[chosen])


def _boxes(logits: Tensor, places: Tensor, strides: Tensor) -> Boxes:
    """Take the mean of each distribution as the distance from the middle of the cell."""
    centres = places * strides + (strides - 1) / 2
    weights = np.exp(logits.reshape(len(logits), 4, logits.shape[1] // 4))
    bins = np.arange(weights.shape[2], dtype=np.float32)
    distances = weights @ bins / weights.sum(axis=2) * strides
    sides = [centres - distances[:, :2], centres + distances[:, 2:]]
    return np.concatenate(sides, axis=1)


def _fits(shapes: Sequence[tuple[int, ...]], height: int, width: int) -> bool:
    if len(shapes) != 6 or not all(len(shape) == 3 for shape in shapes):
        return False
    return [shape[1] for shape in shapes] == 2 * count_cells(height, width)


DECODERS.add("nanodet", Decoder(prepare, decode, _fits, padding=0))
