"""RTMDet, cut before its suppression: one decoded box a cell (Lyu et al. 2022, 2212.07784)."""

from collections.abc import Sequence

import numpy as np

from passerby.detections import Detections
from passerby.models.classes import FIRST_CLASS, Wanted
from passerby.models.decoders.decoder import DECODERS, Decoder, Shapes, count_cells, strong
from passerby.models.preparation import PREPARATIONS, Tensor

__all__ = ["decode"]


def decode(
    outputs: Sequence[Tensor],
    height: int,  # noqa: ARG001 - as all decoders
    width: int,  # noqa: ARG001 - likewise
    threshold: float,
    wanted: Wanted = FIRST_CLASS,
) -> Detections:
    """Take the boxes as they are.

    Args:
        outputs: For each cell of strides 8, 16 and 32 left, top, right and bottom in the input's
            pixels, shape (1, cells, 4), and the probability of each class, shape
            (1, cells, classes).
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest probability.
        wanted: Which classes to look for.

    Returns:
        Boxes in the input's pixels.
    """
    scores = outputs[1][0][:, wanted.columns]
    cell, position = np.nonzero(strong(scores, threshold))
    return Detections.of(outputs[0][0][cell], scores[cell, position], wanted.kinds[position])


def _classes(shapes: Shapes, height: int, width: int) -> int | None:
    if len(shapes) != 2 or len(shapes[1]) != 3:
        return None
    count = sum(count_cells(height, width))
    return shapes[1][2] if [shapes[0], shapes[1][:2]] == [(1, count, 4), (1, count)] else None


DECODERS.add(
    "rtmdet",
    Decoder(
        "RTMDet, cut before its suppression: boxes (1, cells, 4) in pixels, and scores "
        "(1, cells, classes)",
        PREPARATIONS["bgr-imagenet"],
        decode,
        _classes,
    ),
)
