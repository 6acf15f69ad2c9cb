"""What networks have in common that give centres and sizes for every cell of the picture."""

import numpy as np

from passerby.models.decoders.decoder import MAP_STRIDES
from passerby.models.preparation import Tensor

__all__ = ["ANCHORS", "LEVELS", "in_pixels"]

LEVELS = MAP_STRIDES, (*MAP_STRIDES, 64), (4, *MAP_STRIDES)
"""Strides of the feature maps: of most networks, of those for large pictures (P6), and of those for
small things (P2)."""

ANCHORS = 3
"""Boxes of each cell of YOLOv5 and YOLOv7."""

_LARGEST_SHARE = 2.0
"""Centres lie all over the picture: if none is beyond this, they are shares and not pixels."""

_BEYOND = 48
"""Pixels by which a centre may lie beyond the edge: less than two cells of the largest stride."""


def in_pixels(centres: Tensor, height: int, width: int) -> Tensor:
    """What boxes must be multiplied by to be in pixels: exports from TensorFlow give shares.

    Args:
        centres: Of all cells, whatever their scores: x and y, shape (2, n).
        height: Of the network's input.
        width: Of the network's input.

    Returns:
        Shape (4,). No numbers where the shares are of another size than that of the input: a graph
        that runs at any size may have kept the one that it was exported for.
    """
    furthest = centres.max(axis=1, initial=0)
    if furthest.max() > _LARGEST_SHARE:
        return np.ones(4, np.float32)
    sides = np.array([width, height], np.float32)
    if (furthest * sides > sides + _BEYOND).any():
        return np.full(4, np.nan, np.float32)
    return np.tile(sides, 2)
