"""Our own network: of each cell, the sides of a person and the sides of a head around it.

The distances from the middle of a cell to the four sides are those of FCOS (Tian et al. 2019,
arXiv 1904.01355, section 3.1), once for each kind.
"""

from collections.abc import Sequence

import numpy as np

from passerby.detections import Detections, Kind
from passerby.models.decoders.decoder import (
    DECODERS,
    Decoder,
    cells,
    count_cells,
    strong,
    unscaled,
)
from passerby.models.session import Tensor

__all__ = ["decode"]

_KINDS = np.array([Kind.PERSON, Kind.HEAD], np.int8)


def decode(outputs: Sequence[Tensor], height: int, width: int, threshold: float) -> Detections:
    """Turn distances in strides into boxes.

    Args:
        outputs: For each cell of strides 8, 16 and 32, and for person and head, the distances
            from the middle of the cell to left, top, right and bottom in strides, shape
            (1, cells, 2, 4), and the scores, shape (1, cells, 2).
        height: Of the network's input.
        width: Of the network's input.
        threshold: Lowest score.

    Returns:
        Persons and heads in the input's pixels.
    """
    distances, scores = outputs[0][0], outputs[1][0]
    cell, kind = np.nonzero(strong(scores, threshold))
    places, strides = cells(height, width)
    centres = (places[cell] + 0.5) * strides[cell]
    sides = distances[cell, kind] * strides[cell]
    boxes = np.concatenate([centres - sides[:, :2], centres + sides[:, 2:]], axis=1)
    return Detections.of(boxes, scores[cell, kind], _KINDS[kind])


def _fits(shapes: Sequence[tuple[int, ...]], height: int, width: int) -> bool:
    count = sum(count_cells(height, width))
    return list(shapes) == [(1, count, len(_KINDS), 4), (1, count, len(_KINDS))]


DECODERS.add(
    "passerby", Decoder(unscaled, decode, _fits, kinds=frozenset({Kind.PERSON, Kind.HEAD}))
)
