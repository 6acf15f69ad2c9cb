"""Outlines of people as COCO keeps them: polygons, or runs of pixels column by column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Mask

__all__ = ["Polygons", "Runs", "Segmentation", "runs_of", "unpacked"]


_FRACTION_BITS = 4


class Segmentation(Protocol):
    """Something that can be drawn as a mask."""

    def mask(self, width: int, height: int) -> Mask | None:
        """Draw it; None where it was made for a picture of another size."""
        ...


@dataclass(frozen=True, slots=True)
class Polygons:
    """One or more polygons.

    Attributes:
        corners: An array of shape (n, 2) for each polygon, in pixels.
    """

    corners: tuple[npt.NDArray[np.float64], ...]

    def mask(self, width: int, height: int) -> Mask:
        """Draw the polygons with all pixels that their edges touch."""
        canvas = np.zeros((height, width), np.uint8)
        for polygon in self.corners:
            # COCO's pixel 0 reaches from 0 to 1, OpenCV's from -0.5 to 0.5.
            fixed_point = np.rint((polygon - 0.5) * 2**_FRACTION_BITS).astype(np.int32)
            cv2.fillPoly(canvas, [fixed_point], 1, shift=_FRACTION_BITS)
        return canvas.astype(np.bool_)


@dataclass(frozen=True, slots=True)
class Runs:
    """Run-length encoding: numbers of pixels outside, inside, outside and so on.

    Attributes:
        counts: Lengths of the runs, down the columns, first of pixels outside.
        width: Of the picture.
        height: Of the picture.
    """

    counts: tuple[int, ...]
    width: int
    height: int

    def mask(self, width: int, height: int) -> Mask | None:
        """Draw the runs, if the picture has their size."""
        if (width, height) != (self.width, self.height):
            return None
        inside = np.arange(len(self.counts)) % 2 == 1
        return np.repeat(inside, self.counts).reshape(width, height).T


def runs_of(mask: Mask) -> Runs:
    """Encode a mask.

    Example:
        >>> runs_of(np.array([[False, True], [True, True]])).counts
        (1, 3)
    """
    height, width = mask.shape
    pixels = np.concatenate([[False], mask.T.ravel()])
    changes = np.flatnonzero(pixels[1:] != pixels[:-1])
    counts = np.diff(np.concatenate([[0], changes, [mask.size]]))
    return Runs(tuple(counts.tolist()), width, height)


def unpacked(text: str) -> Sequence[int]:
    """Read COCO's compressed counts.

    Each number is written in groups of five bits, lowest first, each as the character 48 + bits,
    with 32 added where another group follows and the sign in the last group's bit 16. From the
    fourth on, a number is the difference from the one two before it.

    Raises:
        ValueError: If the text ends within a number or has other characters.
    """
    counts: list[int] = []
    value, shift = 0, 0
    for character in text:
        group = ord(character) - 48
        if not 0 <= group < 64:
            raise ValueError(f"{character!r} does not belong there")
        value |= (group & 31) << shift
        shift += 5
        if group & 32:
            continue
        if group & 16:
            value -= 1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
        value, shift = 0, 0
    if shift:
        raise ValueError("it ends within a number")
    return counts
