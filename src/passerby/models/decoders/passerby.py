"""Our own network: of each cell, the sides of a person and the sides of a head around it.

The distances from the middle of a cell to the four sides are those of FCOS (Tian et al. 2019,
arXiv 1904.01355, section 3.1), once for each kind.
"""

from collections.abc import Sequence

import numpy as np

from passerby.detections import Detections, Kind
from passerby.models.classes import Wanted
from passerby.models.decoders.decoder import (
    DECODERS,
    Decoder,
    Shapes,
    cells,
    count_cells,
    strong,
)
from passerby.models.preparation import Preparation, Tensor

__all__ = ["decode"]

_NAMES = "person", "head"
_BOTH = Wanted.of((0, Kind.PERSON), (1, Kind.HEAD))


def decode(
    outputs: Sequence[Tensor],
    height: int,
    width: int,
    threshold: float,
    wanted: Wanted = _BOTH,
) -> Detections:
    """Turn distances in strides into boxes.

    Args:
        outputs: For each cell of strides 8, 16 and 32, and for person and head, the distances
            from the middle of the cell to left, top, right and bottom in strides, shape
            (1, cells, 2, 4), and the scores, shape (1, cells, 2).
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest score.
        wanted: Which of the two to look for.

    Returns:
        Boxes in the input's pixels.
    """
    distances, scores = outputs[0][0], outputs[1][0][:, wanted.columns]
    cell, position = np.nonzero(strong(scores, threshold))
    places, strides = cells(height, width)
    centres = (places[cell] + 0.5) * strides[cell]
    sides = distances[cell, wanted.columns[position]] * strides[cell]
    boxes = np.concatenate([centres - sides[:, :2], centres + sides[:, 2:]], axis=1)
    return Detections.of(boxes, scores[cell, position], wanted.kinds[position])


def _classes(shapes: Shapes, height: int, width: int) -> int | None:
    count = sum(count_cells(height, width))
    fits = list(shapes) == [(1, count, len(_NAMES), 4), (1, count, len(_NAMES))]
    return len(_NAMES) if fits else None


DECODERS.add(
    "passerby",
    Decoder(
        "Our own (`passerby train detector`): distances (1, cells, 2, 4) and scores (1, cells, 2)",
        Preparation(),
        decode,
        _classes,
        names=_NAMES,
    ),
)
