"""What the families of detectors have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Detections, Kind
from passerby.models.session import Tensor
from passerby.registry import Registry
from passerby.types import Image

__all__ = ["DECODERS", "Decoder", "cells", "count_cells", "grid", "strong", "unscaled"]

_STRIDES = 8, 16, 32
"""Pixels of the input for each cell of the three feature maps that most families have."""


@dataclass(frozen=True, slots=True)
class Decoder:
    """How one family of networks is fed and how its numbers become boxes.

    Attributes:
        prepare: Turns a picture of the network's size into its input.
        decode: Turns its outputs, the height and width of its input, and the lowest score, 0-1,
            into boxes in that input's pixels. A score that is no number is passed on.
        fits: Whether outputs of these shapes, for an input of this height and width, can be of
            this family.
        kinds: What its boxes enclose.
        padding: Level of grey beside a picture that does not fill the input.
        keeps_aspect: Whether pictures are scaled evenly; otherwise they are stretched.
    """

    prepare: Callable[[Image], Tensor]
    decode: Callable[[Sequence[Tensor], int, int, float], Detections]
    fits: Callable[[Sequence[tuple[int, ...]], int, int], bool]
    kinds: frozenset[Kind] = frozenset({Kind.PERSON})
    padding: int = 114
    keeps_aspect: bool = True


DECODERS: Registry[Decoder] = Registry("decoder")


def unscaled(image: Image) -> Tensor:
    """Feed BGR as it is, 0-255.

    Args:
        image: Shape (height, width, 3).

    Returns:
        Shape (1, 3, height, width).
    """
    return np.asarray(cv2.dnn.blobFromImage(image), np.float32)


def strong(scores: Tensor, threshold: float) -> npt.NDArray[np.bool_]:
    """Tell which scores are not below the threshold; what is no number must not get lost."""
    return ~(scores < threshold)


def grid(height: int, width: int) -> Tensor:
    """Column and row of every cell of a feature map, row by row; shape (height * width, 2).

    Example:
        >>> grid(2, 2).tolist()
        [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    """
    rows, columns = np.indices((height, width), dtype=np.float32)
    return np.stack([columns.ravel(), rows.ravel()], axis=1)


def cells(height: int, width: int) -> tuple[Tensor, Tensor]:
    """The cells of the feature maps of strides 8, 16 and 32, one map after the other.

    Args:
        height: Of the network's input, a multiple of 32.
        width: Likewise.

    Returns:
        Column and row of each cell in its own map, shape (n, 2), and its stride, shape (n, 1).
    """
    maps = [grid(height // stride, width // stride) for stride in _STRIDES]
    strides = np.repeat(np.array(_STRIDES, np.float32), [len(one) for one in maps])
    return np.concatenate(maps), strides[:, None]


def count_cells(height: int, width: int) -> list[int]:
    """How many cells the feature maps of strides 8, 16 and 32 have.

    Example:
        >>> count_cells(64, 32)
        [32, 8, 2]
    """
    return [(height // stride) * (width // stride) for stride in _STRIDES]
