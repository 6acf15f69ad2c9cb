"""PP-PicoDet: four strides, distances as distributions (Yu et al. 2021, arXiv 2111.00902)."""

from collections.abc import Sequence

import numpy as np

from passerby.detections import Detections
from passerby.models.classes import FIRST_CLASS, Wanted
from passerby.models.decoders.decoder import (
    DECODERS,
    MAP_STRIDES,
    Decoder,
    Shapes,
    cells,
    count_cells,
    mean_distances,
    strong,
)
from passerby.models.preparation import PREPARATIONS, Tensor

__all__ = ["decode"]

_STRIDES = *MAP_STRIDES, 64
_MAPS = len(_STRIDES)


def decode(
    outputs: Sequence[Tensor],
    height: int,
    width: int,
    threshold: float,
    wanted: Wanted = FIRST_CLASS,
) -> Detections:
    """Turn distributions over distances in cells into boxes.

    Args:
        outputs: For strides 8, 16, 32 and 64 the probabilities of the classes, shape
            (1, cells, classes); then for the same strides the distributions of the distances from
            the middle of the cell to left, top, right and bottom, shape (1, cells, 4 * bins).
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest probability.
        wanted: Which classes to look for.

    Returns:
        Boxes in the input's pixels.
    """
    scores = np.concatenate([output[0][:, wanted.columns] for output in outputs[:_MAPS]])
    logits = np.concatenate([output[0] for output in outputs[_MAPS:]])
    cell, position = np.nonzero(strong(scores, threshold))
    places, strides = cells(height, width, _STRIDES)
    centres = (places[cell] + 0.5) * strides[cell]
    distances = mean_distances(logits[cell]) * strides[cell]
    boxes = np.concatenate([centres - distances[:, :2], centres + distances[:, 2:]], axis=1)
    return Detections.of(boxes, scores[cell, position], wanted.kinds[position])


def _classes(shapes: Shapes, height: int, width: int) -> int | None:
    if len(shapes) != 2 * _MAPS or not all(len(shape) == 3 for shape in shapes):
        return None
    fits = [shape[1] for shape in shapes] == 2 * count_cells(height, width, _STRIDES)
    return shapes[0][2] if fits else None


DECODERS.add(
    "picodet",
    Decoder(
        "PP-PicoDet, cut before its suppression: four maps of scores, then four of distances as "
        "distributions",
        PREPARATIONS["rgb-imagenet"],
        decode,
        _classes,
        keeps_aspect=False,
    ),
)
