"""Pictures as the numbers that a network which makes signatures is fed."""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from passerby.geometry import Size
from passerby.models.cards import PixelFormat
from passerby.types import Image

__all__ = ["PictureBatch", "resized", "signature_input"]

PictureBatch: TypeAlias = npt.NDArray[np.uint8]
"""Images of one size, shape (n, height, width, 3), BGR, values 0-255."""

_MEAN = 0.485, 0.456, 0.406
_DEVIATION = 0.229, 0.224, 0.225
"""Of ImageNet, RGB, 0-1."""


def resized(image: Image, size: Size) -> Image:
    """Stretch an image to a height and width, as networks for re-identification are trained."""
    height, width = size
    return np.asarray(cv2.resize(image, (width, height)), np.uint8)


def signature_input(
    pictures: PictureBatch, pixels: PixelFormat, *, channels_last: bool = False
) -> npt.NDArray[np.float32]:
    """Order and scale the colours of pictures.

    Args:
        pictures: Shape (n, height, width, 3).
        pixels: What the network is fed.
        channels_last: Whether colours stay where they are.

    Returns:
        Shape (n, 3, height, width), or that of the pictures.
    """
    count, height, width, _ = pictures.shape
    shape = (count, height, width, 3) if channels_last else (count, 3, height, width)
    numbers = np.empty(shape, np.float32)
    for channel in range(3):
        plane = numbers[..., channel] if channels_last else numbers[:, channel]
        if pixels == "bgr-255":
            plane[:] = pictures[..., channel]
        else:
            np.multiply(pictures[..., 2 - channel], _scale(channel), out=plane)
            plane -= np.float32(_MEAN[channel] / _DEVIATION[channel])
    return numbers


def _scale(channel: int) -> np.float32:
    return np.float32(1 / (255 * _DEVIATION[channel]))
