"""Coloured squares instead of people: the simple data set of Johansson and Lundberg.

From the master's thesis that proposes an anonymization filter trained between a detector and a
re-identification network, section 3.1. The data set mimics people seen from straight above, and
colour alone tells its identities apart, so it is easy to see whether a filter has hidden them.

Images hold a square of 20 by 20 pixels anywhere inside 160 by 160, on a background of its own
colour; five images show the same identity, a colour. Re-ID images are of one colour throughout.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError

__all__ = [
    "IMAGES_PER_IDENTITY",
    "IMAGE_SIZE",
    "SQUARE_SIZE",
    "DetectorBatch",
    "ReidBatch",
    "detector_batch",
    "heatmaps",
    "pairs",
    "reid_batch",
]

IMAGE_SIZE = 160
SQUARE_SIZE = 20
IMAGES_PER_IDENTITY = 5

Images = npt.NDArray[np.uint8]
"""Shape (n, 160, 160, 3), BGR."""


@dataclass(frozen=True, eq=False)
class DetectorBatch:
    """Images of one square each.

    Attributes:
        images: Shape (n, 160, 160, 3), BGR, uint8.
        centres: Shape (n, 2), x and y of the square's middle in pixels.
        identities: Shape (n,), from 0; the same number is the same colour.
        colours: Shape (n, 3), BGR, of the squares.
    """

    images: Images
    centres: npt.NDArray[np.float64]
    identities: npt.NDArray[np.int64]
    colours: npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ReidBatch:
    """Images of one colour throughout.

    Attributes:
        images: Shape (n, 160, 160, 3), BGR, uint8.
        identities: Shape (n,), from 0; the same number is the same colour.
    """

    images: Images
    identities: npt.NDArray[np.int64]


def _colours(rng: np.random.Generator, count: int) -> npt.NDArray[np.uint8]:
    """Draw different colours, shape (count, 3), BGR."""
    if not 1 <= count <= 1 << 20:
        raise ConfigError(f"{count} identities: ask for 1 to {1 << 20}, each a colour of its own")
    codes = rng.choice(1 << 24, count, replace=False)
    return np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1).astype(np.uint8)


def detector_batch(rng: np.random.Generator, identities: int) -> DetectorBatch:
    """Draw five images of each of ``identities`` squares.

    Raises:
        ConfigError: If there are no identities, or more than colours can be told apart.
    """
    colours = _colours(rng, identities).repeat(IMAGES_PER_IDENTITY, axis=0)
    count = len(colours)
    backgrounds = rng.integers(256, size=(count, 1, 1, 3), dtype=np.uint8)
    images = np.broadcast_to(backgrounds, (count, IMAGE_SIZE, IMAGE_SIZE, 3)).copy()
    corners = rng.integers(IMAGE_SIZE - SQUARE_SIZE + 1, size=(count, 2))
    for image, (left, top), colour in zip(images, corners, colours, strict=True):
        image[top : top + SQUARE_SIZE, left : left + SQUARE_SIZE] = colour
    numbers = np.arange(identities).repeat(IMAGES_PER_IDENTITY)
    centres = corners.astype(np.float64) + SQUARE_SIZE / 2
    return DetectorBatch(images, centres, numbers, colours)


def reid_batch(rng: np.random.Generator, identities: int, images: int) -> ReidBatch:
    """Draw ``images`` plain images of each of ``identities`` colours.

    Raises:
        ConfigError: If there are no identities or images, or more than colours can be told apart.
    """
    if images < 1:
        raise ConfigError(f"{images} images an identity: ask for at least 1")
    colours = _colours(rng, identities).repeat(images, axis=0)
    shape = len(colours), IMAGE_SIZE, IMAGE_SIZE, 3
    plain = np.broadcast_to(colours[:, None, None], shape).copy()
    return ReidBatch(plain, np.arange(identities).repeat(images))


def heatmaps(
    centres: npt.NDArray[np.float64], stride: int = 4, spread: float = 2.0
) -> npt.NDArray[np.float32]:
    """Draw the detector's targets: warm at a square's centre, cooler with the distance from it.

    The detector's output is four times smaller than its input (section 4.2). The paper does not
    say how the warmth falls; here it falls as a Gaussian, as in CenterNet, which it refers to.

    Args:
        centres: Shape (n, 2), x and y in pixels.
        stride: Pixels of the image for one of the heat map.
        spread: Standard deviation in pixels of the heat map.

    Returns:
        Shape (n, 160 / stride, 160 / stride), 0-1.
    """
    grid = (np.arange(IMAGE_SIZE // stride) + 0.5) * stride
    across = np.exp(-(((grid - centres[:, :1]) / (stride * spread)) ** 2) / 2)
    down = np.exp(-(((grid - centres[:, 1:]) / (stride * spread)) ** 2) / 2)
    return (down[:, :, None] * across[:, None, :]).astype(np.float32)


def pairs(
    rng: np.random.Generator, identities: npt.NDArray[np.int64], count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Match images into pairs, half of the same identity and half of two.

    Args:
        rng: Source of randomness.
        identities: Shape (n,), of the images.
        count: Number of pairs, even; no pair is drawn twice.

    Returns:
        Indices of the images, shape (count, 2); and labels, shape (count,), 1 for the same
        identity and 0 otherwise.

    Raises:
        ConfigError: If there are not that many different pairs of either sort.
    """
    first, second = np.triu_indices(len(identities), 1)
    same = identities[first] == identities[second]
    half = count // 2
    fewest = min(int(same.sum()), int((~same).sum()))
    if count % 2 or not 0 < half <= fewest:
        most = 2 * fewest
        raise ConfigError(f"{count} pairs cannot be made: ask for an even number up to {most}")
    chosen = np.concatenate(
        [rng.choice(np.flatnonzero(alike), half, replace=False) for alike in (same, ~same)]
    )
    rng.shuffle(chosen)
    return np.stack([first[chosen], second[chosen]], axis=1), same[chosen].astype(np.int64)
