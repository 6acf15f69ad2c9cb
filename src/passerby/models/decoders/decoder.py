"""What a family of person detectors has in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes
from passerby.models.session import Tensor
from passerby.registry import Registry
from passerby.types import Image

__all__ = ["DECODERS", "Decoder", "Scores", "grid"]

Scores = npt.NDArray[np.float32]
"""Shape (n,), 0-1."""


@dataclass(frozen=True, slots=True)
class Decoder:
    """How one family of networks is fed and how its numbers become boxes.

    Attributes:
        prepare: Turns a picture of the network's size into its input.
        decode: Turns its outputs, and the height and width of its input, into the boxes of
            persons in that input's pixels and their scores, one for each anchor.
        fits: Whether outputs of these shapes can be of this family.
        padding: Level of grey beside a picture that does not fill the input.
        keeps_aspect: Whether pictures are scaled evenly; otherwise they are stretched.
    """

    prepare: Callable[[Image], Tensor]
    decode: Callable[[Sequence[Tensor], int, int], tuple[Boxes, Scores]]
    fits: Callable[[Sequence[tuple[int, ...]]], bool]
    padding: int = 114
    keeps_aspect: bool = True


DECODERS: Registry[Decoder] = Registry("decoder")


def grid(height: int, width: int) -> Tensor:
    """Column and row of every cell of a feature map, row by row; shape (height * width, 2).

    Example:
        >>> grid(2, 2).tolist()
        [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    """
    rows, columns = np.indices((height, width), dtype=np.float32)
    return np.stack([columns.ravel(), rows.ravel()], axis=1)
