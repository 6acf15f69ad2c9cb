"""The pixels that one operator call covers."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Mask
from passerby.errors import ConfigError
from passerby.geometry import PixelBox, to_pixels
from passerby.types import Image

__all__ = ["Patch", "mean_colour", "patches_of_boxes"]


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Pixels to cover: a box, or those pixels of a box that a mask chooses.

    Attributes:
        box: Left, top, right, bottom in pixels, inside the image; at least one pixel.
        mask: Shape (height, width) of the box, True where a pixel is to be covered; None for all.
        track: The track of the person in it, -1 where unknown.

    Raises:
        ConfigError: If the box has no pixel or the mask does not have the box's shape.
    """

    box: PixelBox
    mask: Mask | None = None
    track: int = -1

    def __post_init__(self) -> None:
        left, top, right, bottom = self.box
        if not (0 <= left < right and 0 <= top < bottom):
            raise ConfigError(f"the box of a patch must have pixels inside the image: {self.box}")
        if self.mask is not None and self.mask.shape != (self.height, self.width):
            raise ConfigError(f"a mask of shape {self.mask.shape} does not fit the box {self.box}")

    @property
    def width(self) -> int:
        """Of the box, in pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """Of the box, in pixels."""
        return self.box[3] - self.box[1]

    @property
    def area(self) -> tuple[slice, slice]:
        """The box as an index into an image: rows, columns."""
        left, top, right, bottom = self.box
        return slice(top, bottom), slice(left, right)

    def pixels(self, image: Image) -> Image:
        """The box's pixels, shape (height, width, 3); those outside the mask take its mean colour.

        So an operator sees nothing of the picture but the pixels that it covers.
        """
        pixels = image[self.area]
        if self.mask is None:
            return pixels
        return np.where(self.mask[:, :, None], pixels, mean_colour(image, self))


def mean_colour(image: Image, patch: Patch) -> Image:
    """Mean of the pixels that ``patch`` covers, rounded; shape (3,), BGR."""
    mask = None if patch.mask is None else patch.mask.view(np.uint8)
    mean = cv2.mean(image[patch.area], mask)[:3]
    return np.rint(mean).astype(np.uint8)


def patches_of_boxes(
    boxes: npt.NDArray[np.floating],
    tracks: npt.NDArray[np.int64],
    width: int,
    height: int,
    *,
    elliptic: bool = False,
) -> list[Patch]:
    """One patch for each box that reaches into the frame.

    Args:
        boxes: Shape (n, 4), see `Boxes`.
        tracks: Shape (n,).
        width: Of the frame.
        height: Of the frame.
        elliptic: Whether to cover only the ellipse in each box, rounded outwards. A box in doubt
            is covered whole.
    """
    return [
        Patch(pixels, _ellipse(box, pixels) if elliptic else None, int(track))
        for box, track in zip(boxes.astype(np.float64), tracks, strict=True)
        if (pixels := to_pixels(box, width, height)) is not None
    ]


def _ellipse(box: npt.NDArray[np.float64], pixels: PixelBox) -> Mask | None:
    """Which pixels lie in the ellipse of a box, or less than half a pixel outside; None for all."""
    radii = (box[2:] - box[:2]) / 2
    if not (np.isfinite(box).all() and (radii > 0).all()):
        return None
    left, top, right, bottom = pixels
    across = (np.arange(left, right) + 0.5 - (box[0] + box[2]) / 2) / (radii[0] + 0.5)
    down = (np.arange(top, bottom) + 0.5 - (box[1] + box[3]) / 2) / (radii[1] + 0.5)
    mask: Mask = across[None] ** 2 + down[:, None] ** 2 <= 1
    return mask if mask.any() else None
