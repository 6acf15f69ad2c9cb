"""Blurs: the median against Pillow, the Gaussian against SciPy, both strong at any size."""

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageFilter
from scipy.ndimage import gaussian_filter

from passerby.anonymization.operators import OPERATORS
from passerby.anonymization.operators.blur import gaussian_blur, median_blur
from passerby.anonymization.patches import Patch
from passerby.anonymization.strength import Strength
from passerby.types import Image


def noise(height: int, width: int) -> Image:
    return np.random.default_rng(height * width).integers(0, 256, (height, width, 3), np.uint8)


def smooth(height: int, width: int) -> Image:
    y, x = np.mgrid[:height, :width] / max(height, width)
    waves = [np.sin(9 * x + 4 * y), np.cos(7 * y - x), np.sin(5 * x * y + 1)]
    return np.rint(127.5 + 127.5 * np.stack(waves, axis=2)).astype(np.uint8)


# --- median -------------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", [3, 5, 9, 15, 31])
@pytest.mark.parametrize("size", [(64, 128), (20, 11), (5, 40), (1, 1)])
def test_median_is_pillows(kernel: int, size: tuple[int, int]) -> None:
    pixels = noise(*size)
    expected = np.asarray(Pillow.fromarray(pixels).filter(ImageFilter.MedianFilter(kernel)))
    np.testing.assert_array_equal(median_blur(pixels, kernel), expected)


def test_an_even_kernel_is_raised() -> None:
    pixels = noise(30, 30)
    np.testing.assert_array_equal(median_blur(pixels, 8), median_blur(pixels, 9))


def test_a_large_median_is_near_the_exact_one() -> None:
    # A filled circle: a median removes it where it holds less than half of the square.
    y, x = np.mgrid[:900, :900]
    circle = ((x - 450) ** 2 + (y - 450) ** 2 < 300**2).astype(np.uint8)
    pixels = np.repeat(255 * circle[:, :, None], 3, axis=2)
    share = np.cumsum(np.cumsum(np.pad(circle, 300, mode="edge").astype(np.int64), 0), 1)
    kernel = 501
    half = kernel // 2
    box = share[300 + half : 1200 + half, 300 + half : 1200 + half].copy()
    box -= share[299 - half : 1199 - half, 300 + half : 1200 + half]
    box -= share[300 + half : 1200 + half, 299 - half : 1199 - half]
    box += share[299 - half : 1199 - half, 299 - half : 1199 - half]
    expected = np.where(box * 2 > kernel**2, 255, 0)
    assert np.mean(np.abs(median_blur(pixels, kernel)[:, :, 0] - expected) > 127) < 0.02


def test_the_median_of_a_patch_goes_by_its_longer_side() -> None:
    image, patch = noise(60, 60), Patch((10, 5, 40, 55))
    found = OPERATORS["median"](image, patch, Strength(30, "%"), 0)
    np.testing.assert_array_equal(found, median_blur(image[5:55, 10:40], 15))


def test_a_kernel_larger_than_the_patch_is_clamped_to_it() -> None:
    image, patch = noise(60, 60), Patch((10, 5, 21, 14))
    found = OPERATORS["median"](image, patch, Strength(9_999, "px"), 0)
    np.testing.assert_array_equal(found, median_blur(image[5:14, 10:21], 11))


# --- Gaussian -----------------------------------------------------------------------------


def scipys(pixels: Image, sigma: float) -> np.ndarray:
    return gaussian_filter(pixels.astype(np.float64), (sigma, sigma, 0), mode="nearest", truncate=4)


@pytest.mark.parametrize("sigma", [0.5, 0.8, 2.5, 7.5, 15, 32])
@pytest.mark.parametrize("size", [(60, 60), (19, 20), (3, 70), (1, 1)])
def test_gaussian_is_scipys_rounded(sigma: float, size: tuple[int, int]) -> None:
    pixels = noise(*size)
    assert np.abs(gaussian_blur(pixels, sigma) - scipys(pixels, sigma)).max() <= 1


def test_a_large_gaussian_looks_the_same() -> None:
    pixels = smooth(480, 400)
    assert np.abs(gaussian_blur(pixels, 60) - scipys(pixels, 60)).max() <= 2


def test_the_gaussian_of_a_patch_goes_by_its_longer_side() -> None:
    image, patch = noise(60, 60), Patch((10, 5, 40, 45))
    found = OPERATORS["gaussian"](image, patch, Strength(12.5, "%"), 0)
    np.testing.assert_array_equal(found, gaussian_blur(image[5:45, 10:40], 5))
