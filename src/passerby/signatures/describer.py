"""What all that makes signatures has in common."""

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from passerby.geometry import Size
from passerby.models.cards import PixelFormat
from passerby.signatures.input import PictureBatch

__all__ = ["Describer", "Rows"]

Rows = npt.NDArray[np.float32]
"""Signatures, shape (n, d)."""


class Describer(Protocol):
    """A network that turns images of people into signatures.

    Attributes:
        name: Of the model, or of its file.
        path: The file.
        pixels: What it is fed.
        size: Height and width of its pictures.
        batch: How many pictures at once it is quickest with.
    """

    name: str
    path: Path
    pixels: PixelFormat
    size: Size
    batch: int

    def describe(self, pictures: PictureBatch) -> Rows:
        """Return the signatures of pictures of its size, shape (n, d).

        Raises:
            DetectionError: If the run fails.
        """
        ...
