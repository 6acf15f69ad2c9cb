"""NanoDet-m: distances to the four sides as distributions (Li et al. 2020, arXiv 2006.04388)."""

from collections.abc import Sequence

import numpy as np

from passerby.detections import Detections
from passerby.models.classes import FIRST_CLASS, Wanted
from passerby.models.decoders.decoder import (
    DECODERS,
    Decoder,
    Shapes,
    cells,
    count_cells,
    mean_distances,
    strong,
)
from passerby.models.preparation import PREPARATIONS, Tensor

__all__ = ["decode", "prepare"]

prepare = PREPARATIONS["bgr-imagenet"]


def decode(
    outputs: Sequence[Tensor],
    height: int,
    width: int,
    threshold: float,
    wanted: Wanted = FIRST_CLASS,
) -> Detections:
    """Turn distributions over distances in cells into boxes.

    Args:
        outputs: For strides 8, 16 and 32 the probabilities of the classes, shape
            (1, cells, classes); then for the same strides the distributions of the distances to
            left, top, right and bottom, shape (1, cells, 4 * bins).
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest probability.
        wanted: Which classes to look for.

    Returns:
        Boxes in the input's pixels.
    """
    scores = np.concatenate([output[0][:, wanted.columns] for output in outputs[:3]])
    logits = np.concatenate([output[0] for output in outputs[3:]])
    cell, position = np.nonzero(strong(scores, threshold))
    places, strides = cells(height, width)
    places, strides = places[cell], strides[cell]
    centres = places * strides + (strides - 1) / 2
    distances = mean_distances(logits[cell]) * strides
    boxes = np.concatenate([centres - distances[:, :2], centres + distances[:, 2:]], axis=1)
    return Detections.of(boxes, scores[cell, position], wanted.kinds[position])


def _classes(shapes: Shapes, height: int, width: int) -> int | None:
    if len(shapes) != 6 or not all(len(shape) == 3 for shape in shapes):
        return None
    fits = [shape[1] for shape in shapes] == 2 * count_cells(height, width)
    return shapes[0][2] if fits else None


DECODERS.add(
    "nanodet",
    Decoder(
        "NanoDet-m: three maps of scores, then three of distances as distributions",
        prepare,
        decode,
        _classes,
        padding=0,
    ),
)
