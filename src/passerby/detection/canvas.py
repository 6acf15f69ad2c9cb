"""Bring a picture into a network's input."""

import math

import cv2
import numpy as np
import numpy.typing as npt

from passerby.models.detection_network import DetectionNetwork
from passerby.types import Image

__all__ = ["canvas"]


def canvas(
    view: Image, scale: float, network: DetectionNetwork, largest: int
) -> tuple[Image, npt.NDArray[np.float32]]:
    """Scale a picture into a network's input; the rest of the input is grey.

    Args:
        view: The picture.
        scale: By how much it is enlarged, or less where the network cannot take that.
        network: Says what it can take.
        largest: Longest side of the input where the network takes any, in pixels.

    Returns:
        The input, and by how much a box in it must be divided, shape (4,).
    """
    height, width = view.shape[:2]
    size, decoder = network.size, network.family.decoder
    limit_rows, limit_columns = size or (largest, largest)
    scale = min(scale, limit_columns / width, limit_rows / height)
    columns, rows = max(round(width * scale), 1), max(round(height * scale), 1)
    if size is not None and not decoder.keeps_aspect:
        rows, columns = size
    scaled = cv2.resize(view, (columns, rows), interpolation=cv2.INTER_LINEAR)
    stride = network.stride
    full_rows, full_columns = size or (_multiple(rows, stride), _multiple(columns, stride))
    filled = np.full((full_rows, full_columns, 3), decoder.padding, np.uint8)
    filled[:rows, :columns] = scaled
    return filled, np.array([columns / width, rows / height] * 2, np.float32)


def _multiple(length: int, stride: int) -> int:
    return math.ceil(length / stride) * stride
