"""The colours of somebody's clothes, by which tracks of one clip are told apart.

They are taken from below the head and live in memory as long as the clip is followed.
"""

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes
from passerby.geometry import to_pixels
from passerby.types import Image

__all__ = ["HISTOGRAM_SIZE", "clothing"]

_LEVELS = 4
"""Levels of each of blue, green and red: enough to tell colours apart, few enough to be robust to
changes of light."""

_PARTS = (0.18, 0.48), (0.52, 0.9)
"""Above and below the belt, as shares of a person's height; the head is left out."""

_SIDES = 0.25
"""What is left out at each side, as a share of the width: it is mostly background."""

_BINS = _LEVELS**3

HISTOGRAM_SIZE = len(_PARTS) * _BINS
"""How many numbers describe the clothes of a person."""


def clothing(image: Image, boxes: Boxes) -> npt.NDArray[np.float32]:
    """Describe the clothes of people.

    Args:
        image: Shape (height, width, 3), BGR.
        boxes: Of whole persons, shape (n, 4).

    Returns:
        Shape (n, `HISTOGRAM_SIZE`), of length 1: the scalar product of two is how alike they are,
        0-1 (their mean Bhattacharyya coefficient). 0 for boxes outside the picture.
    """
    found = np.zeros((len(boxes), HISTOGRAM_SIZE), np.float32)
    for row, (left, top, right, bottom) in enumerate(boxes):
        inset, height = _SIDES * (right - left), bottom - top
        for part, (above, below) in enumerate(_PARTS):
            box = left + inset, top + above * height, right - inset, top + below * height
            found[row, part * _BINS : (part + 1) * _BINS] = _histogram(image, box)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    described: npt.NDArray[np.float32] = np.divide(found, lengths, out=found, where=lengths > 0)
    return described


def _histogram(image: Image, box: tuple[float, float, float, float]) -> npt.NDArray[np.float32]:
    """Square roots of the shares of the colours in a box."""
    height, width = image.shape[:2]
    pixels = to_pixels(box, width, height)
    if pixels is None:
        return np.zeros(_BINS, np.float32)
    left, top, right, bottom = pixels
    levels = image[top:bottom, left:right].reshape(-1, 3).astype(np.int64) * _LEVELS // 256
    counts = np.bincount(levels @ [_LEVELS**2, _LEVELS, 1], minlength=_BINS)
    shares: npt.NDArray[np.float32] = np.sqrt(counts / counts.sum()).astype(np.float32)
    return shares
