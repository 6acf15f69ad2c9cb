"""Pixelation: a few large cells, each in its mean colour."""

import cv2
import numpy as np

from passerby.anonymization.operators.operator import OPERATORS, Operator
from passerby.anonymization.patches import Patch
from passerby.anonymization.strength import Strength
from passerby.types import Image

__all__ = ["pixelate", "pixelate_cells"]

PIXELATE_DEFAULT = Strength(6)

_SMALLEST_CELL = 2
"""In pixels; below it nothing would change."""


def pixelate(pixels: Image, columns: int, rows: int) -> Image:
    """Shrink to ``columns`` x ``rows`` mean colours and enlarge by the nearest neighbour.

    Args:
        pixels: Shape (height, width, 3).
        columns: Number of cells across, at most the width.
        rows: Number of cells down, at most the height.
    """
    height, width = pixels.shape[:2]
    cells = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
    enlarged = cv2.resize(cells, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
    return np.asarray(enlarged, np.uint8)


def _pixelate(image: Image, patch: Patch, strength: Strength | None, _seed: int) -> Image:
    return pixelate(patch.pixels(image), *pixelate_cells(strength, patch.width, patch.height))


def pixelate_cells(strength: Strength | None, width: int, height: int) -> tuple[int, int]:
    """Return how many cells a patch has across and down.

    Args:
        strength: As the operator takes it; None for its default.
        width: Of the patch, in pixels.
        height: Likewise.
    """
    chosen, longer = strength or PIXELATE_DEFAULT, max(width, height)
    return _cells(chosen, width, longer), _cells(chosen, height, longer)


def _cells(strength: Strength, side: int, longer: int) -> int:
    """The number of cells along a side of ``side`` pixels."""
    most = max(1, side // _SMALLEST_CELL)
    cells = side / strength.pixels(longer) if strength.unit else strength.value
    return min(max(1, round(cells)), most)


OPERATORS.add(
    "pixelate",
    Operator(
        summary="A few large cells, each in its mean colour.",
        apply=_pixelate,
        default=PIXELATE_DEFAULT,
        limits={"": (1, 1_000), "px": (2, 10_000), "%": (1, 100)},
        strength_means=(
            "number of cells across and down; or the side of a cell, in pixels or as a share of "
            "the patch's longer side"
        ),
    ),
)
