"""How a stored picture has to be turned to stand upright."""

import math
from typing import NamedTuple

import numpy as np
from av import VideoFrame
from av.sidedata.sidedata import SideData

from passerby.types import Image

__all__ = ["Orientation", "orientation_of"]


class Orientation(NamedTuple):
    """Mirror first, then turn.

    Attributes:
        rotation: Degrees clockwise: 0, 90, 180 or 270.
        mirrored: Whether left and right are swapped before turning.
    """

    rotation: int = 0
    mirrored: bool = False

    def apply(self, image: Image) -> Image:
        """Return the upright picture; shape (height, width, 3) or (width, height, 3)."""
        mirrored = image[:, ::-1] if self.mirrored else image
        return np.ascontiguousarray(np.rot90(mirrored, -self.rotation // 90))


def orientation_of(frame: VideoFrame) -> Orientation:
    """Read the display matrix that a container gives its frames (ISO/IEC 14496-12, 8.2.2).

    The matrix maps a pixel (x, y) to (ax + cy, bx + dy), y pointing down. A rotation that is
    no multiple of 90 degrees is rounded to the nearest one.
    """
    try:
        matrix = frame.side_data.get("DISPLAYMATRIX")
    except ValueError:
        # PyAV gives no side data at all where it does not know one kind of them (EXIF, for one).
        return Orientation(_nearest(-frame.rotation))
    if not isinstance(matrix, SideData):
        return Orientation()
    a, b, _, c, d, *_ = np.frombuffer(bytes(matrix), np.int32).astype(float)
    mirrored = a * d - b * c < 0
    angle = math.degrees(math.atan2(-b if mirrored else b, -a if mirrored else a))
    return Orientation(_nearest(angle), mirrored)


def _nearest(angle: float) -> int:
    """The multiple of 90 degrees nearest to an angle, 0-270."""
    return round(angle / 90) * 90 % 360
