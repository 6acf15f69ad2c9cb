"""What is done to an image of a person before a network learns from it, at random.

All take and give uint8 images of shape (height, width, 3) and the size that the network wants. A
transform that draws does so from the generator alone, so that the same generator gives the same.
"""

from dataclasses import asdict, dataclass
from typing import TypeAlias

import cv2
import numpy as np

from passerby.errors import ConfigError
from passerby.geometry import Size
from passerby.types import Image

__all__ = [
    "GREY_SHARES",
    "ColourJitter",
    "ErasedBox",
    "PadAndCrop",
    "RandomErasing",
    "RandomHorizontalFlip",
    "RandomTranslation",
    "Resize",
    "Transform",
]

ErasedBox: TypeAlias = tuple[int, int, int, int]
"""Top, left, bottom, right in pixels."""

GREY_SHARES = np.array([0.114, 0.587, 0.299])
"""Shares of blue, green and red in the brightness that is seen (ITU-R BT.601)."""


@dataclass(frozen=True, slots=True)
class Resize:
    """To the size that the network wants, bilinear."""

    def __call__(self, image: Image, size: Size, _rng: np.random.Generator) -> Image:
        """Return the image in another size."""
        return _resized(image, size)


@dataclass(frozen=True, slots=True)
class RandomTranslation:
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
class RandomHorizontalFlip:
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


@dataclass(frozen=True, slots=True)
class ColourJitter:
    """Change brightness, contrast, saturation and the balance of the channels, as cameras do.

    Each becomes as many times as much as is drawn from 1 less to 1 more of the share given here.

    Attributes:
        brightness: Share by which values change.
        contrast: Share by which they move to or from the mean grey of the image.
        saturation: Share by which they move to or from the grey of their pixel.
        balance: Share by which each channel changes on its own.

    Raises:
        ConfigError: If a share is none from 0 to 1.
    """

    brightness: float = 0.2
    contrast: float = 0.2
    saturation: float = 0.2
    balance: float = 0.1

    def __post_init__(self) -> None:
        for name, share in asdict(self).items():
            if not 0 <= share <= 1:
                raise ConfigError(f"jitter of {name} is {share}: give a share from 0 to 1")

    def __call__(self, image: Image, _size: Size, rng: np.random.Generator) -> Image:
        """Return the image in other colours."""
        brightness, contrast, saturation, *balance = (
            rng.uniform(1 - share, 1 + share)
            for share in (self.brightness, self.contrast, self.saturation, *3 * (self.balance,))
        )
        grey = cv2.mean(image)[:3] @ GREY_SHARES
        colours = saturation * np.eye(3) + (1 - saturation) * GREY_SHARES
        change = np.column_stack([contrast * colours, np.full(3, (1 - contrast) * grey)])
        change *= brightness * np.array(balance)[:, None]
        return np.asarray(cv2.transform(image, change), np.uint8)


Transform: TypeAlias = Resize | RandomTranslation | RandomHorizontalFlip | PadAndCrop | ColourJitter


@dataclass(frozen=True, slots=True)
class RandomErasing:
    """Random erasing (Zhong et al. 2020, arXiv 1708.04896): a rectangle of one colour.

    Attributes:
        chance: How often.
        smallest, largest: Share of the area that is erased.
        narrowest: Least height over width; its inverse is the most.
        colour: RGB that is put there AFTER images are normalised, as in the strong baseline, where
            it is ImageNet's mean. In normalised images that is not the mean colour but a lighter
            one.

    Raises:
        ConfigError: If the chance is none from 0 to 1.
    """

    chance: float = 0.5
    smallest: float = 0.02
    largest: float = 0.4
    narrowest: float = 0.3
    colour: tuple[float, float, float] = (0.485, 0.456, 0.406)

    def __post_init__(self) -> None:
        if not 0 <= self.chance <= 1:
            raise ConfigError(f"probability of erasing is {self.chance}: give 0 to 1")

    def box(self, size: Size, rng: np.random.Generator) -> ErasedBox:
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
