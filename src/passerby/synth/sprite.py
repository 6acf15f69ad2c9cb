"""Drawn things with opacity, to be laid over pictures and over each other."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.synth.camera import Array

__all__ = ["Sprite", "Window"]

Window = tuple[slice, slice]
"""Rows and columns."""


@dataclass(frozen=True, eq=False)
class Sprite:
    """A drawn surface.

    Attributes:
        left, top: Where its first pixel lies in the picture; may lie outside.
        pixels: Shape (height, width, 4), uint8: BGR multiplied by opacity, and opacity.
    """

    left: int
    top: int
    pixels: npt.NDArray[np.uint8]

    @property
    def opacity(self) -> npt.NDArray[np.uint8]:
        """Shape (height, width), 0-255."""
        return self.pixels[..., 3]

    def over(self, left: int, top: int, width: int, height: int) -> tuple[Window, Window] | None:
        """Find where the sprite lies over a rectangle of the picture.

        Returns:
            The shared window in the rectangle's own rows and columns and in the sprite's, or
            None if they share nothing.
        """
        rows, columns = self.pixels.shape[:2]
        y0, y1 = max(self.top, top), min(self.top + rows, top + height)
        x0, x1 = max(self.left, left), min(self.left + columns, left + width)
        if y0 >= y1 or x0 >= x1:
            return None
        theirs = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
        mine = slice(y0 - self.top, y1 - self.top), slice(x0 - self.left, x1 - self.left)
        return theirs, mine

    def lay(self, image: npt.NDArray[np.uint8]) -> None:
        """Draw the sprite onto ``image``, shape (height, width, 3), in place."""
        windows = self.over(0, 0, image.shape[1], image.shape[0])
        if windows is None:
            return
        there, here = windows
        pixels = self.pixels[here]
        through = cv2.cvtColor(255 - pixels[..., 3], cv2.COLOR_GRAY2BGR)
        behind = cv2.multiply(image[there], through, scale=1 / 255)
        image[there] = cv2.add(behind, cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR))

    def hidden_by(self, cover: "Sprite") -> "Sprite":
        """Return what is left of the sprite behind ``cover``."""
        rows, columns = cover.pixels.shape[:2]
        windows = self.over(cover.left, cover.top, columns, rows)
        if windows is None:
            return self
        theirs, mine = windows
        pixels = self.pixels.copy()
        through = cv2.merge([255 - cover.opacity[theirs]] * 4)
        pixels[mine] = cv2.multiply(pixels[mine], through, scale=1 / 255)
        return Sprite(self.left, self.top, pixels)

    def smeared(self, motion: Array) -> "Sprite":
        """Blur the sprite along ``motion``, shape (2,), the pixels moved during exposure."""
        length = float(np.hypot(*motion))
        if length < 1:
            return self
        reach = int(np.ceil(length / 2))
        kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
        ends = np.rint(reach + np.outer((-0.5, 0.5), motion)).astype(int).tolist()
        cv2.line(kernel, ends[0], ends[1], 255)
        padded = np.pad(self.pixels, ((reach, reach), (reach, reach), (0, 0)))
        smeared = cv2.filter2D(padded, -1, kernel.astype(np.float32) / kernel.sum())
        return Sprite(self.left - reach, self.top - reach, np.asarray(smeared, np.uint8))
