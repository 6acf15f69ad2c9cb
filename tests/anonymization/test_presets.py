"""Presets, pixel by pixel against Pillow, SciPy and loops from the definitions."""

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageFilter
from scipy.ndimage import convolve, gaussian_filter

from passerby.anonymization.anonymizer import Anonymizer
from passerby.anonymization.presets import PRESETS, VIPER_FACE
from passerby.detections import Detections, Kind
from passerby.types import Frame, Image

FACE = (20, 10, 44, 41)
FOUND = Detections.of([FACE], kinds=Kind.FACE)


def crop(height: int, width: int) -> Image:
    """Waves with some noise: neither flat nor unlike a picture."""
    y, x = np.mgrid[:height, :width] / 10
    waves = np.stack([np.sin(x + y), np.cos(x * 1.3), np.sin(y * 0.7 - x)], axis=2)
    noise = np.random.default_rng(height).normal(0, 20, waves.shape)
    return np.clip(np.rint(128 + 90 * waves + noise), 0, 255).astype(np.uint8)


def covered(preset: str, image: Image, detections: Detections | None = None) -> Image:
    sealed = Anonymizer(preset=preset)(Frame(image), detections or Detections.none())
    assert not sealed.covered_in_full
    return sealed.image


def face_of(image: Image) -> Image:
    left, top, right, bottom = FACE
    return image[top:bottom, left:right]


# --- van Rooijen et al. ------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", [3, 9, 15])
def test_van_rooijen_median_is_pillows(kernel: int) -> None:
    image = crop(256, 128)
    expected = Pillow.fromarray(image)
    top = expected.crop((0, 0, 128, 64)).filter(ImageFilter.MedianFilter(kernel))
    expected.paste(top, (0, 0))
    np.testing.assert_array_equal(covered(f"van-rooijen-{kernel}px", image), np.asarray(expected))


@pytest.mark.parametrize("size", [(256, 128), (128, 64), (7, 3)])
def test_van_rooijen_black_is_pillows(size: tuple[int, int]) -> None:
    image = crop(*size)
    expected = Pillow.fromarray(image)
    expected.paste((0, 0, 0), (0, 0, size[1], -(-size[0] // 4)))
    np.testing.assert_array_equal(covered("van-rooijen-black", image), np.asarray(expected))


@pytest.mark.parametrize("size", [(128, 64), (200, 90)])
def test_van_rooijen_filters_other_sizes_as_at_256x128(size: tuple[int, int]) -> None:
    height, width = size
    image = crop(height, width)
    top = Pillow.fromarray(image[: height // 4]).resize((128, 64), Pillow.Resampling.BILINEAR)
    blurred = top.filter(ImageFilter.MedianFilter(15))
    expected = np.asarray(blurred)[(2 * np.arange(height // 4) + 1) * 64 // (2 * (height // 4))][
        :, (2 * np.arange(width) + 1) * 128 // (2 * width)
    ]
    found = covered("van-rooijen-15px", image)[: height // 4]
    # Pillow and OpenCV weigh pixels differently when resizing; the picture must be the same.
    assert np.abs(found.astype(int) - expected).mean() < 2
    assert np.abs(found.astype(int) - image[: height // 4]).mean() > 10


# --- Dietlmeier et al. -------------------------------------------------------------------------


def outside_is_untouched(found: Image, image: Image, box: tuple[int, int, int, int]) -> bool:
    left, top, right, bottom = box
    outside = np.ones(image.shape[:2], np.bool_)
    outside[top:bottom, left:right] = False
    return bool((found == image)[outside].all())


@pytest.mark.parametrize("preset", [name for name in PRESETS if name.startswith("dietlmeier")])
def test_dietlmeier_covers_the_face_box_without_a_margin(preset: str) -> None:
    image = crop(128, 64)
    found = covered(preset, image, FOUND)
    assert outside_is_untouched(found, image, FACE)
    assert (face_of(found) != face_of(image)).any(axis=2).mean() > 0.9


def test_dietlmeier_blur_is_a_gaussian_of_the_crop_alone() -> None:
    image = crop(128, 64)
    sigma = (44 - 20) / 8
    expected = gaussian_filter(
        face_of(image).astype(np.float64), (sigma, sigma, 0), mode="nearest", truncate=4
    )
    found = face_of(covered("dietlmeier-blur", image, FOUND))
    assert np.abs(found - expected).max() <= 1


def test_dietlmeier_blur_is_near_pillows_approximation() -> None:
    # Pillow approximates the Gaussian by three box filters, each of which repeats the edge anew.
    image = crop(128, 64)
    approximation = Pillow.fromarray(face_of(image)).filter(ImageFilter.GaussianBlur(24 / 8))
    found = face_of(covered("dietlmeier-blur", image, FOUND))
    difference = np.abs(found.astype(int) - np.asarray(approximation))
    assert difference.mean() < 1
    assert difference.max() <= 12
    assert difference[7:-7, 7:-7].max() <= 1


def test_dietlmeier_zero() -> None:
    assert not face_of(covered("dietlmeier-zero", crop(128, 64), FOUND)).any()


def test_dietlmeier_blank_is_the_mean() -> None:
    image = crop(128, 64)
    found = face_of(covered("dietlmeier-blank", image, FOUND))
    assert np.abs(found - face_of(image).astype(np.float64).mean(axis=(0, 1))).max() <= 0.5


@pytest.mark.slow
def test_dietlmeier_inpaint_solves_laplaces_equation() -> None:
    image = crop(128, 64)
    left, top, right, bottom = FACE
    expected = image.astype(np.float64)
    kernel = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])[:, :, None] / 4
    face_and_ring = expected[top - 1 : bottom + 1, left - 1 : right + 1]
    for _ in range(4_000):
        face_and_ring[1:-1, 1:-1] = convolve(face_and_ring, kernel)[1:-1, 1:-1]
    found = face_of(covered("dietlmeier-inpaint", image, FOUND))
    assert np.abs(found - face_of(expected)).max() <= 0.51


def test_dietlmeier_pixelate_has_6x6_cells() -> None:
    # 24 x 30 pixels: cells of 4 x 5, so means need no weights.
    image = crop(128, 64)
    detections = Detections.of([[20, 10, 44, 40]], kinds=Kind.FACE)
    found = covered("dietlmeier-pixelate", image, detections)
    for row in range(6):
        for column in range(6):
            cell = np.s_[10 + 5 * row : 15 + 5 * row, 20 + 4 * column : 24 + 4 * column]
            assert np.abs(found[cell] - image[cell].mean(axis=(0, 1))).max() <= 0.5 + 1e-9


@pytest.mark.parametrize("preset", [name for name in PRESETS if name.startswith("dietlmeier")])
def test_dietlmeier_takes_vipers_box_where_no_face_is_found(preset: str) -> None:
    image = crop(128, 48)
    given = Detections.of([VIPER_FACE], kinds=Kind.FACE)
    found = covered(preset, image)
    assert VIPER_FACE == (15, 4, 35, 23)
    np.testing.assert_array_equal(found, covered(preset, image, given))
    assert outside_is_untouched(found, image, VIPER_FACE)
    assert (found != image).any()


def test_vipers_box_is_not_added_to_a_found_face_nor_to_other_sizes() -> None:
    image = crop(128, 48)
    elsewhere = Detections.of([[20, 60, 30, 70]], kinds=Kind.FACE)
    assert outside_is_untouched(
        covered("dietlmeier-zero", image, elsewhere), image, (20, 60, 30, 70)
    )
    market = crop(128, 64)
    np.testing.assert_array_equal(covered("dietlmeier-zero", market), market)


# --- De Coninck et al. -------------------------------------------------------------------------


def test_de_coninck_blur_by_its_nine_weights() -> None:
    image = crop(60, 80)
    weights = np.exp(-np.array([1.0, 0, 1]) / (2 * 0.8**2))
    kernel = np.outer(weights, weights)[:, :, None] / weights.sum() ** 2
    expected = convolve(image.astype(np.float64), kernel, mode="mirror")
    assert np.abs(covered("de-coninck-blur", image) - expected).max() <= 0.5 + 1e-4


def test_de_coninck_noise_has_the_papers_error() -> None:
    # Table 3 gives MSE 0.0004 and PSNR 33.9794 for values 0-1: a deviation of exactly 2 %.
    image = np.full((300, 300, 3), 128, np.uint8)
    difference = (covered("de-coninck-noise", image).astype(np.float64) - image) / 255
    assert np.mean(difference**2) == pytest.approx(0.0004, rel=0.02)
    assert -10 * np.log10(np.mean(difference**2)) == pytest.approx(33.9794, abs=0.1)


def test_de_coninck_quantization_has_the_papers_error() -> None:
    # Table 3 gives PSNR 34.2505. Evenly spread values: 34.28 for the middles of 15 equal parts,
    # 33.69 for rounding to 15 values from 0 to 255.
    image = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    found = covered("de-coninck-quantize", image)
    assert len(np.unique(found)) == 15
    error = np.mean(((found.astype(np.float64) - image) / 255) ** 2)
    assert -10 * np.log10(error) == pytest.approx(34.2505, abs=0.1)
