"""Pixelation, against a loop over cells that weighs each pixel by its overlap."""

from fractions import Fraction

import numpy as np
import pytest

from passerby.anonymization.operators import OPERATORS
from passerby.anonymization.operators.pixelate import pixelate
from passerby.anonymization.patches import Patch
from passerby.anonymization.strength import Strength
from passerby.types import Image


def pixels_of(height: int, width: int) -> Image:
    return np.random.default_rng(height + width).integers(0, 256, (height, width, 3), np.uint8)


def overlap(cell: int, cells: int, side: int) -> np.ndarray:
    """How much of each pixel lies in a cell."""
    start, end = Fraction(cell * side, cells), Fraction((cell + 1) * side, cells)
    return np.array([float(max(min(end, x + 1) - max(start, x), 0)) for x in range(side)])


def slow_pixelate(pixels: Image, columns: int, rows: int) -> np.ndarray:
    height, width = pixels.shape[:2]
    means = np.zeros((rows, columns, 3))
    for row in range(rows):
        for column in range(columns):
            weights = np.outer(overlap(row, rows, height), overlap(column, columns, width))
            means[row, column] = (pixels * weights[:, :, None]).sum((0, 1)) / weights.sum()
    output = np.zeros(pixels.shape)
    for y in range(height):
        for x in range(width):
            output[y, x] = means[
                (2 * y + 1) * rows // (2 * height), (2 * x + 1) * columns // (2 * width)
            ]
    return output


@pytest.mark.parametrize(
    ("size", "cells"),
    [
        ((24, 18), (6, 6)),
        ((19, 20), (6, 6)),
        ((33, 7), (3, 11)),
        ((6, 6), (6, 6)),
        ((1, 1), (1, 1)),
    ],
)
def test_cells_are_means(size: tuple[int, int], cells: tuple[int, int]) -> None:
    pixels = pixels_of(*size)
    assert np.abs(pixelate(pixels, *cells) - slow_pixelate(pixels, *cells)).max() <= 1


@pytest.mark.parametrize(
    ("strength", "columns", "rows"),
    [
        (None, 6, 6),
        (Strength(4), 4, 4),
        (Strength(10, "px"), 3, 6),
        (Strength(25, "%"), 2, 4),
        (Strength(1_000), 15, 30),
        (Strength(10_000, "px"), 1, 1),
    ],
)
def test_number_of_cells(strength: Strength | None, columns: int, rows: int) -> None:
    image = pixels_of(80, 50)
    found = OPERATORS["pixelate"](image, Patch((10, 5, 40, 65)), strength, 0)
    np.testing.assert_array_equal(found, pixelate(image[5:65, 10:40], columns, rows))


def test_small_patches_change_too() -> None:
    image = pixels_of(40, 40)
    found = OPERATORS["pixelate"](image, Patch((10, 10, 15, 14)), None, 0)
    np.testing.assert_array_equal(found, pixelate(image[10:14, 10:15], 2, 2))
    assert (found != image[10:14, 10:15]).mean() > 0.5
