"""What is done to an image of a person before a network learns from it, at random.

All take and give uint8 images of shape (height, width, 3) and the size that the network wants. A
transform that draws does so from the generator alone, so that the same generator gives the same.
"""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from passerby.models.reid.network import Size
from passerby.types import Image

__all__ = ["Box", "Enlarge", "Erase", "Flip", "PadAndCrop", "Resize", "Transform"]

Box: TypeAlias = tuple[int, int, int, int]
"""Top, left, bottom, right in pixels."""


@dataclass(frozen=True, slots=True)
class Resize:
    """To the size that the network wants, bilinear."""

    def __call__(self, image: Image, size: Size, _rng: np.random.Generator) -> Image:
        """Return the image in another size."""
        return _resized(image, size)


@dataclass(frozen=True, slots=True)
class Enlarge:
    """Resize, or resize to more and cut out the size that is wanted ("random 2D translation").

    Attributes:
        by: Share that is added to height and width.
        chance: How often that is done.
    """

    by: float = 0.125
    chance: float = 0.5

    def __call__(self, image: Image, size: Size, rng: np.random.Generator) -> Image:
        """Return the image in the size that is wanted."""
        if rng.random() >= self.chance:
            return _resized(image, size)
        height, width = size
        larger = round(height * (1 + self.by)), round(width * (1 + self.by))
        return _cropped(_resized(image, larger), size, rng)


@dataclass(frozen=True, slots=True)
class Flip:
    """Left for right.

    Attributes:
        chance: How often.
    """

    chance: float = 0.5

    def __call__(self, image: Image, _size: Size, rng: np.random.Generator) -> Image:
        """Return the image or its mirror image."""
        return image[:, ::-1] if rng.random() < self.chance else image


@dataclass(frozen=True, slots=True)
class PadAndCrop:
    """Put black round the image and cut out the size that is wanted, anywhere.

    Attributes:
        pixels: Of black on each side.
    """

    pixels: int = 10

    def __call__(self, image: Image, size: Size, rng: np.random.Generator) -> Image:
        """Return the image, shifted by as many pixels at most."""
        sides = (self.pixels,) * 4
        padded = cv2.copyMakeBorder(image, *sides, cv2.BORDER_CONSTANT, value=(0, 0, 0))
        return _cropped(np.asarray(padded, np.uint8), size, rng)


Transform: TypeAlias = Resize | Enlarge | Flip | PadAndCrop


@dataclass(frozen=True, slots=True)
class Erase:
    """Random erasing (Zhong et al. 2020, arXiv 1708.04896): a rectangle of one colour.

    Attributes:
        chance: How often.
        smallest, largest: Share of the area that is erased.
        narrowest: Least height over width; its inverse is the most.
        colour: RGB that is put there AFTER images are normalised, as in the strong baseline, where
            it is ImageNet's mean. In normalised images that is not the mean colour but a lighter
            one.
    """

    chance: float = 0.5
    smallest: float = 0.02
    largest: float = 0.4
    narrowest: float = 0.3
    colour: tuple[float, float, float] = (0.485, 0.456, 0.406)

    def box(self, size: Size, rng: np.random.Generator) -> Box:
        """Choose what is erased of an image; empty where nothing is.

        It is drawn anew while it does not fit, up to 100 times.
        """
        if rng.random() >= self.chance:
            return 0, 0, 0, 0
        height, width = size
        for _ in range(100):
            area = rng.uniform(self.smallest, self.largest) * height * width
            shape = rng.uniform(self.narrowest, 1 / self.narrowest)
            rows, columns = round((area * shape) ** 0.5), round((area / shape) ** 0.5)
            if rows < height and columns < width:
                top = int(rng.integers(height - rows + 1))
                left = int(rng.integers(width - columns + 1))
                return top, left, top + rows, left + columns
        return 0, 0, 0, 0


def _resized(image: Image, size: Size) -> Image:
    height, width = size
    return np.asarray(cv2.resize(image, (width, height)), np.uint8)


def _cropped(image: Image, size: Size, rng: np.random.Generator) -> Image:
    (height, width), (rows, columns) = size, image.shape[:2]
    top = int(rng.integers(rows - height + 1))
    left = int(rng.integers(columns - width + 1))
    return image[top : top + height, left : left + width]
