"""Take covers out of a picture before it is searched again.

The hard edges of a cover are what networks take for a person's outline: they find heads in what
hangs below, and miss a bare one beside. So each cover is filled with what surrounds it.
"""

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Mask
from passerby.types import Image

__all__ = ["without_covers"]

_Weighted = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""Colours times weights, shape (height, width, 3), and weights, shape (height, width)."""

_EDGE = np.ones((3, 3), np.uint8)
"""A codec smears a cover by a pixel."""


def without_covers(image: Image, covers: Mask) -> Image:
    """Fill covers smoothly with the colours around them.

    Args:
        image: Shape (height, width, 3).
        covers: Shape (height, width).

    Example:
        >>> image = np.full((8, 8, 3), 90, np.uint8)
        >>> covers = np.zeros((8, 8), np.bool_)
        >>> covers[2:5, 2:5] = True
        >>> image[covers] = 0
        >>> without_covers(image, covers).min()
        np.uint8(90)
    """
    hidden = cv2.dilate(covers.view(np.uint8), _EDGE).astype(np.bool_)
    if not hidden.any() or hidden.all():
        return image
    seen = (~hidden).astype(np.float32)
    levels: list[_Weighted] = [(image * seen[..., None], seen)]
    while max(seen.shape) > 1:
        levels.append(_halved(*levels[-1]))
        seen = levels[-1][1]
    colours, weights = levels.pop()
    filled = np.asarray(colours / np.maximum(weights, 1e-6)[..., None], np.float32)
    for colours, weights in reversed(levels):
        height, width = weights.shape
        scaled = cv2.resize(filled, (width, height), interpolation=cv2.INTER_LINEAR)
        coarse = np.asarray(scaled, np.float32).reshape(height, width, 3)
        known = weights > 0.5
        coarse[known] = colours[known] / weights[known, None]
        filled = coarse
    out = image.copy()
    out[hidden] = np.clip(filled[hidden], 0, 255).round()
    return out


def _halved(colours: npt.NDArray[np.float32], weights: npt.NDArray[np.float32]) -> _Weighted:
    height, width = weights.shape
    size = (width + 1) // 2, (height + 1) // 2
    smaller = cv2.resize(colours, size, interpolation=cv2.INTER_AREA)
    lighter = cv2.resize(weights, size, interpolation=cv2.INTER_AREA)
    return (
        np.asarray(smaller, np.float32).reshape(size[1], size[0], 3),
        np.asarray(lighter, np.float32).reshape(size[1], size[0]),
    )
