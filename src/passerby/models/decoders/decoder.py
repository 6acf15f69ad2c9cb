"""What the families of detectors have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from passerby.detections import Detections
from passerby.models.classes import FIRST_CLASS, Wanted
from passerby.models.preparation import Preparation, Tensor
from passerby.registry import Registry

__all__ = [
    "DECODERS",
    "Decode",
    "Decoder",
    "Shapes",
    "cells",
    "count_cells",
    "grid",
    "mean_distances",
    "strong",
]

MAP_STRIDES = 8, 16, 32
"""Pixels of the input for each cell of the three feature maps that most families have."""

Shapes = Sequence[tuple[int, ...]]
"""Of all outputs, in their order."""


class Decode(Protocol):
    """Turns the outputs of a network into boxes."""

    def __call__(
        self,
        outputs: Sequence[Tensor],
        height: int,
        width: int,
        threshold: float,
        wanted: Wanted = FIRST_CLASS,
    ) -> Detections:
        """Decode the outputs for one picture.

        Args:
            outputs: What the network gave.
            height: Of its input.
            width: Of its input.
            threshold: Lowest score, 0-1. A score that is no number is passed on.
            wanted: Which classes to look for.

        Returns:
            Boxes in pixels of the input.
        """
        ...


@dataclass(frozen=True, slots=True)
class Decoder:
    """How one family of networks is fed and how its numbers become boxes.

    Attributes:
        summary: Whose exports these are and how they are laid out, in one line.
        prepare: Turns a picture of the network's size into its input.
        decode: Turns its outputs into boxes.
        classes: Takes the shapes of all outputs for an input of a height and width, and says how
            many classes such a network tells apart: 0 where the shapes do not say, None where they
            are of another family.
        names: Of its classes, where the family has always the same.
        outputs: Names of the outputs to ask for, in this order, where a graph has more.
        everywhere: Whether every cell of the picture has its box, however low its score.
        padding: Level of grey beside a picture that does not fill the input.
        keeps_aspect: Whether pictures are scaled evenly; otherwise they are stretched.
    """

    summary: str
    prepare: Preparation
    decode: Decode
    classes: Callable[[Shapes, int, int], int | None]
    names: tuple[str, ...] | None = None
    outputs: tuple[str, ...] = ()
    everywhere: bool = True
    padding: int = 114
    keeps_aspect: bool = True

    def fits(self, shapes: Shapes, height: int, width: int) -> bool:
        """Whether outputs of these shapes can be of this family."""
        return self.classes(shapes, height, width) is not None


DECODERS: Registry[Decoder] = Registry("decoder")


def strong(scores: Tensor, threshold: float) -> npt.NDArray[np.bool_]:
    """Tell which scores are not below the threshold; what is no number must not get lost."""
    return ~(scores < threshold)


def mean_distances(logits: Tensor) -> Tensor:
    """The means of distributions over distances (Li et al. 2020, arXiv 2006.04388, section 3.2).

    Args:
        logits: Shape (n, 4 * bins), of the distances 0 to bins - 1 to each of the four sides.

    Returns:
        Shape (n, 4).
    """
    powers = np.exp(logits.reshape(len(logits), 4, logits.shape[1] // 4))
    bins = np.arange(powers.shape[2], dtype=np.float32)
    means: Tensor = powers @ bins / powers.sum(axis=2)
    return means


def grid(height: int, width: int) -> Tensor:
    """Column and row of every cell of a feature map, row by row; shape (height * width, 2).

    Example:
        >>> grid(2, 2).tolist()
        [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    """
    rows, columns = np.indices((height, width), dtype=np.float32)
    return np.stack([columns.ravel(), rows.ravel()], axis=1)


def cells(height: int, width: int, strides: Sequence[int] = MAP_STRIDES) -> tuple[Tensor, Tensor]:
    """The cells of the feature maps of some strides, one map after the other.

    Args:
        height: Of the network's input.
        width: Likewise.
        strides: Of the maps; one that does not divide a side has a cell for the rest.

    Returns:
        Column and row of each cell in its own map, shape (n, 2), and its stride, shape (n, 1).
    """
    maps = [grid(-(-height // stride), -(-width // stride)) for stride in strides]
    repeated = np.repeat(np.array(strides, np.float32), [len(one) for one in maps])
    return np.concatenate(maps), repeated[:, None]


def count_cells(height: int, width: int, strides: Sequence[int] = MAP_STRIDES) -> list[int]:
    """How many cells the feature maps of some strides have.

    Example:
        >>> count_cells(64, 32)
        [32, 8, 2]
    """
    return [-(-height // stride) * -(-width // stride) for stride in strides]
