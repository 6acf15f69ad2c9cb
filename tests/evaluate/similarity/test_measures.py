"""The four measures, against scikit-image."""

import cv2
import numpy as np
import pytest
from skimage import metrics

from passerby.errors import InputError
from passerby.evaluate.similarity import (
    mean_squared_error,
    normalized_mutual_information,
    peak_signal_to_noise,
    similarity,
    structural_similarity,
)


def test_ssim_is_that_of_scikit_image(picture, changed) -> None:
    first, second = (cv2.cvtColor(one, cv2.COLOR_BGR2GRAY) for one in (picture, changed))
    expected = metrics.structural_similarity(
        first, second, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    assert structural_similarity(picture, changed) == pytest.approx(expected, abs=1e-6)


def test_mse_is_that_of_scikit_image(picture, changed) -> None:
    expected = metrics.mean_squared_error(picture / 255, changed / 255)
    assert mean_squared_error(picture, changed) == pytest.approx(expected, rel=1e-12)


def test_psnr_is_that_of_scikit_image(picture, changed) -> None:
    if np.array_equal(picture, changed):
        assert peak_signal_to_noise(picture, changed) == float("inf")
        return
    expected = metrics.peak_signal_noise_ratio(picture, changed)
    assert peak_signal_to_noise(picture, changed) == pytest.approx(expected, rel=1e-12)


def test_nmi_is_that_of_scikit_image(picture, changed) -> None:
    expected = metrics.normalized_mutual_information(picture, changed)
    assert normalized_mutual_information(picture, changed) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("levels", [(0, 255), (10, 11), (3, 200), (77, 77)])
def test_bins_reach_from_the_lowest_value_to_the_highest(levels) -> None:
    low, high = levels
    picture = np.random.default_rng(2).integers(low, high + 1, (20, 20, 3)).astype(np.uint8)
    other = (
        np.random.default_rng(3).integers(0, 256, (20, 20, 3)).astype(np.uint8) // 3 + picture // 3
    )
    expected = metrics.normalized_mutual_information(picture, other)
    assert normalized_mutual_information(picture, other) == pytest.approx(expected, rel=1e-9)


def test_only_mutual_information_sees_through_an_inversion(picture) -> None:
    """Values are mapped one to one, and the bins of a picture with both ends are symmetric."""
    whole = picture.copy()
    whole[0, 0], whole[0, 1] = 0, 255
    inverted = similarity(whole, 255 - whole)
    assert inverted.ssim < 0
    assert inverted.psnr < 12
    assert inverted.nmi > 1.7
    noise = np.random.default_rng(5).integers(0, 256, whole.shape).astype(np.uint8)
    assert similarity(whole, noise).nmi < 1.2


def test_equal_pictures_and_constant_ones(picture) -> None:
    same = similarity(picture, picture)
    assert (same.ssim, same.mse, same.psnr) == (pytest.approx(1), 0, float("inf"))
    assert same.nmi == pytest.approx(2)
    flat = np.full_like(picture, 9)
    assert normalized_mutual_information(flat, flat) == 1
    assert normalized_mutual_information(picture, flat) == pytest.approx(1)


@pytest.mark.parametrize(
    "measure",
    [
        mean_squared_error,
        peak_signal_to_noise,
        structural_similarity,
        normalized_mutual_information,
        similarity,
    ],
)
def test_what_cannot_be_compared_is_refused(picture, measure) -> None:
    with pytest.raises(InputError, match=r"of \(43, 57, 3\) and \(42, 57, 3\) cannot be compared"):
        measure(picture, picture[1:])
    for bad in (picture.astype(np.float32), picture[..., 0], picture[:0]):
        with pytest.raises(InputError, match="a picture must be uint8"):
            measure(picture, bad)


def test_ssim_needs_room_for_its_window(picture) -> None:
    small = picture[:10]
    with pytest.raises(InputError, match=r"SSIM needs sides of 11 pixels, not \(10, 57\)"):
        structural_similarity(small, small)
    assert structural_similarity(picture[:11], picture[:11]) == pytest.approx(1)
