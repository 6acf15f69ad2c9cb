"""Sudden changes of a video: at a cut, or where somebody appears."""

from enum import Enum, auto

import cv2
import numpy as np
import numpy.typing as npt

from passerby.arrays import thinned
from passerby.opacity import over
from passerby.types import Frame

__all__ = ["Changes", "FrameChange"]

_CELLS = 32, 24
_BLOCKS = 8, 6
"""A picture is compared with the one before in small cells; changes are averaged in blocks."""

_SUDDEN_LEVELS = 12
_SUDDEN_RATIO = 3
"""A sudden change of a block is larger than this many levels, and larger than this many times the
usual change there and around it."""
_MEMORY = 0.8
"""How slowly the usual change is updated: the share that is kept from frame to frame."""

_WHOLE_LEVELS = 3
"""If half of all blocks change by more than this, the whole picture may be another ..."""
_LIKE = 0.8
_ALIKE = 0.5
"""... and it is searched if the correlation of its cells with those of the picture before is below
the first of these; below the second it is a cut. While a camera pans, the correlation is higher."""

_GREY = 128

_Cells = npt.NDArray[np.float32]


class FrameChange(Enum):
    """How a frame differs from the one before it."""

    NONE = auto()
    """It shows the same a little later."""
    SUDDEN = auto()
    """Something appears in it and may be gone in the next frame: search both sides."""
    CUT = auto()
    """It shows something else: search both sides, and end all tracks."""


class Changes:
    """Compares each frame of a video with the one before; this is cheap compared with a search.

    Example:
        >>> wall, street = np.full((2, 90, 160, 3), 90, np.uint8)
        >>> street[40:] = 250
        >>> changes = Changes()
        >>> [changes.next(Frame(image)).name for image in (wall, wall, street, street)]
        ['NONE', 'NONE', 'CUT', 'NONE']
    """

    def __init__(self) -> None:
        self._last: _Cells | None = None
        self._usual = np.zeros(_BLOCKS[::-1], np.float32)

    def next(self, frame: Frame) -> FrameChange:
        """Take the next frame; transparent pixels are compared on a grey background."""
        last, self._last = self._last, _cells_of(frame)
        if last is None:
            return FrameChange.NONE
        blocks = _in_blocks(np.abs(self._last - last))
        around = cv2.dilate(self._usual, np.ones((3, 3)))
        sudden = (blocks > np.maximum(_SUDDEN_RATIO * around, _SUDDEN_LEVELS)).any()
        self._usual = _MEMORY * self._usual + (1 - _MEMORY) * blocks
        whole = np.median(blocks) > _WHOLE_LEVELS
        likeness = _correlation(self._last, last) if whole else 1.0
        if likeness < _ALIKE:
            return FrameChange.CUT
        return FrameChange.SUDDEN if sudden or likeness < _LIKE else FrameChange.NONE


def _cells_of(frame: Frame) -> _Cells:
    """Mean colours of the cells, shape (24, 32, 3); what is transparent is seen on grey."""
    alpha = None if frame.alpha is None else thinned(frame.alpha)
    samples = over(frame.sampled, alpha, _GREY)
    return np.asarray(cv2.resize(samples, _CELLS, interpolation=cv2.INTER_AREA), np.float32)


def _in_blocks(cells: _Cells) -> _Cells:
    """Means of the blocks, shape (6, 8)."""
    across, down = _BLOCKS
    means: _Cells = cells.reshape(down, _CELLS[1] // down, across, -1).mean(axis=(1, 3))
    return means


def _correlation(one: _Cells, other: _Cells) -> float:
    """Correlation of the cells of two pictures, each colour about its mean; 0 if one is flat."""
    one, other = one - one.mean(axis=(0, 1)), other - other.mean(axis=(0, 1))
    spread = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / spread if spread else 0.0
