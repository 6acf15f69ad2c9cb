"""Patterns of cloth: two colours laid out over a surface."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from passerby.registry import Registry
from passerby.synth.camera import Array
from passerby.synth.wardrobe import Garment

__all__ = ["PATTERNS", "Layout", "paint"]

Layout = Callable[[Array, Array], npt.NDArray[np.bool_]]
"""Takes height (0 at the hem to 1) and angle (0 straight ahead, -pi to pi) of every quad,
two arrays of one shape; returns where the second colour lies."""

PATTERNS: Registry[Layout] = Registry("pattern")


PATTERNS.add("plain", lambda height, _: np.zeros(height.shape, np.bool_))
PATTERNS.add("stripes", lambda height, _: np.floor(height * 9) % 2 == 0)
PATTERNS.add("pinstripes", lambda _, angle: np.floor(angle / np.pi * 8) % 2 == 0)
PATTERNS.add("checks", lambda height, angle: np.floor(height * 7 + 0.1) % 2 == _column(angle) % 2)
PATTERNS.add("block", lambda height, _: height < 0.45)
PATTERNS.add("print", lambda height, angle: (np.abs(height - 0.66) < 0.1) & (np.abs(angle) < 0.6))
PATTERNS.add("yoke", lambda height, _: height > 0.72)


def _column(angle: Array) -> Array:
    return np.floor(angle / np.pi * 8)


def paint(garment: Garment, height: Array, angle: Array) -> Array:
    """Return the colours of a garment's quads, shape (..., 3), BGR, 0-1."""
    second = PATTERNS[garment.pattern](height, angle)
    return np.where(second[..., None], garment.second, garment.colour)
