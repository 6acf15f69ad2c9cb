"""What somebody who knows nothing of a frame would put in its place.

SSIM of .9 sounds alike, but between two frames of a fixed camera it may be no less: a measure means
something only beside what it reads where the people are not to be seen.
"""

import cv2
import numpy as np
import numpy.typing as npt

from passerby.errors import InputError
from passerby.types import Image

__all__ = ["MeanImage", "heavy_blur"]

_HEAVY = 1 / 16
"""Deviation of a blur that leaves patches of colour, as a share of the shorter side."""


class MeanImage:
    """The mean of frames of one camera, added one by one."""

    def __init__(self) -> None:
        self._sum: npt.NDArray[np.float64] | None = None
        self._count = 0

    def add(self, frame: Image) -> None:
        """Count a frame in.

        Raises:
            InputError: If its size is not that of the frames before.
        """
        if self._sum is None:
            self._sum = np.zeros(frame.shape)
        if self._sum.shape != frame.shape:
            raise InputError(
                f"a frame has the shape {frame.shape}, those before it {self._sum.shape}: frames "
                "of one camera have one"
            )
        self._sum += frame
        self._count += 1

    @property
    def pixels(self) -> npt.NDArray[np.float64]:
        """The mean, shape (height, width, 3), 0-255.

        Raises:
            InputError: If there was no frame.
        """
        if self._sum is None:
            raise InputError("there are no frames: give one or more")
        return self._sum / self._count

    @property
    def picture(self) -> Image:
        """The same in 8 bits."""
        return np.round(self.pixels).astype(np.uint8)


def heavy_blur(frame: Image) -> Image:
    """Blur a frame so much that only large patches of colour are left.

    The Gaussian's deviation is a sixteenth of the shorter side.
    """
    deviation = _HEAVY * min(frame.shape[:2])
    return cv2.GaussianBlur(frame, (0, 0), deviation).astype(np.uint8, copy=False)
