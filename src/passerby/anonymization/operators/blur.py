"""Blurs: the median and the Gaussian filter. Beyond the patch's edge its edge pixels go on."""

from math import ceil

import cv2
import numpy as np

from passerby.anonymization.operators.operator import OPERATORS, Operator
from passerby.anonymization.patches import Patch
from passerby.anonymization.strength import Strength
from passerby.types import Image

__all__ = ["gaussian_blur", "median_blur"]

MEDIAN_DEFAULT = Strength(50, "%")
GAUSSIAN_DEFAULT = Strength(12.5, "%")

_LARGEST_KERNEL = 255
"""Above it OpenCV's median counts more pixels than its 16-bit histogram holds."""

_LARGEST_SIGMA = 32.0
"""Above it the pixels are shrunk first, since the time grows with the kernel."""


def median_blur(pixels: Image, kernel: int) -> Image:
    """Replace each pixel by the median of the square around it, each channel on its own.

    Args:
        pixels: Shape (height, width, 3).
        kernel: Side of the square in pixels; an even one is raised to the next odd one. Above
            255 px the pixels are shrunk, filtered and enlarged again.
    """
    shrink = -(-kernel // _LARGEST_KERNEL)
    if shrink == 1:
        return np.asarray(cv2.medianBlur(pixels, kernel | 1), np.uint8)
    height, width = pixels.shape[:2]
    size = -(-width // shrink), -(-height // shrink)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    blurred = cv2.medianBlur(small, (kernel // shrink) | 1)
    return np.asarray(
        cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8
    )


def gaussian_blur(pixels: Image, sigma: float) -> Image:
    """Blur with a Gaussian of standard deviation ``sigma`` in pixels, cut off at 4 sigma.

    Up to a sigma of 32 px this is the filter itself, rounded to whole values; above it the
    pixels are shrunk, filtered and enlarged again, which looks the same.

    Args:
        pixels: Shape (height, width, 3).
        sigma: Standard deviation in pixels.
    """
    height, width = pixels.shape[:2]
    shrink = ceil(sigma / _LARGEST_SIGMA)
    size = -(-width // shrink), -(-height // shrink)
    # In float32, since OpenCV's filter for bytes is off by up to three values.
    small = cv2.resize(pixels.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), sigma / shrink, borderType=cv2.BORDER_REPLICATE)
    return np.rint(cv2.resize(blurred, (width, height))).astype(np.uint8)


def _median(image: Image, patch: Patch, strength: Strength | None, _seed: int) -> Image:
    longer = max(patch.width, patch.height)
    kernel = round((strength or MEDIAN_DEFAULT).pixels(longer))
    return median_blur(patch.pixels(image), max(3, min(kernel, longer)))


def _gaussian(image: Image, patch: Patch, strength: Strength | None, _seed: int) -> Image:
    longer = max(patch.width, patch.height)
    sigma = (strength or GAUSSIAN_DEFAULT).pixels(longer)
    return gaussian_blur(patch.pixels(image), min(sigma, longer))


OPERATORS.add(
    "median",
    Operator(
        summary="Each pixel becomes the median of its surroundings; no formula undoes it.",
        apply=_median,
        default=MEDIAN_DEFAULT,
        limits={"px": (3, 10_000), "%": (1, 100)},
        strength_means="side of the square, in pixels or as a share of the patch's longer side",
    ),
)
OPERATORS.add(
    "gaussian",
    Operator(
        summary="Gaussian blur.",
        apply=_gaussian,
        default=GAUSSIAN_DEFAULT,
        limits={"px": (0.5, 10_000), "%": (1, 100)},
        strength_means="standard deviation, in pixels or as a share of the patch's longer side",
    ),
)
