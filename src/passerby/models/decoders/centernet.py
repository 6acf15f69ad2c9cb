"""CenterNet: people are peaks of a map (Zhou et al. 2019, arXiv 1904.07850)."""

from collections.abc import Sequence

import cv2
import numpy as np

from passerby.detections import Detections
from passerby.models.classes import FIRST_CLASS, Wanted
from passerby.models.decoders.decoder import DECODERS, Decoder, Shapes, strong
from passerby.models.preparation import PREPARATIONS, Tensor

__all__ = ["decode"]

_STRIDE = 4
_NEIGHBOURS = np.ones((3, 3), np.uint8)


def decode(
    outputs: Sequence[Tensor],
    height: int,  # noqa: ARG001 - as all decoders
    width: int,  # noqa: ARG001 - likewise
    threshold: float,
    wanted: Wanted = FIRST_CLASS,
) -> Detections:
    """Take the cells that no neighbour exceeds, with the distances to the sides of their boxes.

    Args:
        outputs: The distances from each cell to left, top, right and bottom in pixels of the
            input, shape (1, rows, columns, 4), and the probability that the middle of one of each
            class is there, shape (1, rows, columns, classes).
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest probability.
        wanted: Which classes to look for.

    Returns:
        Boxes in the input's pixels.
    """
    scores = np.ascontiguousarray(outputs[1][0][..., wanted.columns].transpose(2, 0, 1))
    highest = np.stack([cv2.dilate(one, _NEIGHBOURS) for one in scores])
    peaks = strong(scores, threshold) & ~(scores < highest)
    position, row, column = np.nonzero(peaks)
    centres = np.stack([column, row], axis=1).astype(np.float32) * _STRIDE
    sides = outputs[0][0][row, column]
    boxes = np.concatenate([centres - sides[:, :2], centres + sides[:, 2:]], axis=1)
    return Detections.of(boxes, scores[position, row, column], wanted.kinds[position])


def _classes(shapes: Shapes, height: int, width: int) -> int | None:
    if len(shapes) != 2 or len(shapes[1]) != 4:
        return None
    size = (1, height // _STRIDE, width // _STRIDE)
    return shapes[1][3] if [shapes[0], shapes[1][:3]] == [(*size, 4), size] else None


DECODERS.add(
    "centernet",
    Decoder(
        "CenterNet: distances (1, rows, columns, 4) and scores (1, rows, columns, classes) at "
        "stride 4",
        PREPARATIONS["rgb-255"],
        decode,
        _classes,
        everywhere=False,
        keeps_aspect=False,
    ),
)
