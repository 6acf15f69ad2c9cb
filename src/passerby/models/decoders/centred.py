"""What networks have in common that give centres and sizes for every cell of the picture."""

import numpy as np

from passerby.models.decoders.decoder import STRIDES
from passerby.models.preparation import Tensor

__all__ = ["ANCHORS", "LEVELS", "in_pixels"]

LEVELS = STRIDES, (*STRIDES, 64), (4, *STRIDES)
"""Strides of the feature maps: of most networks, of those for large pictures (P6), and of those for
small things (P2)."""

ANCHORS = 3
"""Boxes of each cell of YOLOv5 and YOLOv7."""

_LARGEST_SHARE = 2.0
"""Centres lie all over the picture: if none is beyond this, they are shares and not pixels."""


def in_pixels(centres: Tensor, height: int, width: int) -> Tensor:
    """What boxes must be multiplied by to be in pixels: exports from TensorFlow give shares.

    Args:
        centres: Of all cells, whatever their scores.
        height: Of the network's input.
        width: Of the network's input.

    Returns:
        Shape (4,).
    """
    if centres.max(initial=0) > _LARGEST_SHARE:
        return np.ones(4, np.float32)
    return np.array([width, height, width, height], np.float32)
