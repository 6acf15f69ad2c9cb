"""SSIM, MSE, PSNR and NMI of two pictures, as in Table 3 of De Coninck et al.

The paper names the measures, not their variants. Those here give the printed values of noise of
2 %, 15 levels and a Gaussian blur of 3x3 within a few hundredths on frames of the same data set:
SSIM of the luminance, NMI of all colour values in 100 bins. Pictures have 8 bits: what
hides in lower ones is lost on the way to the viewer.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.errors import InputError
from passerby.types import Image

__all__ = [
    "Similarity",
    "check_same_size",
    "mean_squared_error",
    "normalized_mutual_information",
    "peak_signal_to_noise",
    "similarity",
    "structural_similarity",
]

_WINDOW, _SIGMA = 11, 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_BINS = 100

_Plane = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Similarity:
    """How alike two pictures are.

    Attributes:
        ssim: Structural similarity, 1 if they are equal.
        mse: Mean squared error of colour values of 0-1.
        psnr: Peak signal-to-noise ratio in dB, infinite if they are equal.
        nmi: Normalized mutual information, from 1 (none) to 2.
    """

    ssim: float
    mse: float
    psnr: float
    nmi: float


def similarity(first: Image, second: Image) -> Similarity:
    """Compare two pictures by all four measures.

    Raises:
        InputError: If their sizes differ, they are not pictures, or they are too small.
    """
    return Similarity(
        structural_similarity(first, second),
        mean_squared_error(first, second),
        peak_signal_to_noise(first, second),
        normalized_mutual_information(first, second),
    )


def check_same_size(first: Image, second: Image) -> None:
    """Make sure that two pictures have one size.

    Raises:
        InputError: If they have not, or are not uint8 of shape (height, width, 3).
    """
    for one in (first, second):
        if one.dtype != np.uint8 or one.ndim != 3 or one.shape[2] != 3 or not one.size:
            raise InputError(
                f"a picture must be uint8 of shape (height, width, 3), not {one.dtype} {one.shape}"
            )
    if first.shape != second.shape:
        raise InputError(f"pictures of {first.shape} and {second.shape} cannot be compared")


def mean_squared_error(first: Image, second: Image) -> float:
    """Return the mean of squared differences of colour values of 0-1.

    Raises:
        InputError: If they cannot be compared.
    """
    check_same_size(first, second)
    difference = first.astype(np.float64) - second
    return float(np.square(difference).mean()) / 255**2


def peak_signal_to_noise(first: Image, second: Image) -> float:
    """Return 10 log10 (1 / MSE) in dB; infinite if they are equal.

    Raises:
        InputError: If they cannot be compared.
    """
    error = mean_squared_error(first, second)
    return float(-10 * np.log10(error)) if error else float("inf")


def structural_similarity(first: Image, second: Image) -> float:
    """Return the mean SSIM of the luminance (Wang et al. 2004, section III).

    As there: windows are Gaussian, 11x11 with a deviation of 1.5 pixels, and lie wholly inside the
    picture; K1 is 0.01, K2 0.03. The luminance is OpenCV's (BT.601).

    Raises:
        InputError: If they cannot be compared, or a side is below 11 pixels.
    """
    check_same_size(first, second)
    if min(first.shape[:2]) < _WINDOW:
        raise InputError(f"SSIM needs sides of {_WINDOW} pixels, not {first.shape[:2]}")
    x, y = (cv2.cvtColor(one, cv2.COLOR_BGR2GRAY).astype(np.float64) for one in (first, second))
    mean_x, mean_y = _weighted(x), _weighted(y)
    variances = _weighted(x * x) - mean_x**2 + _weighted(y * y) - mean_y**2
    covariance = _weighted(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + _C1) / (mean_x**2 + mean_y**2 + _C1)
    structure = (2 * covariance + _C2) / (variances + _C2)
    inside = slice(_WINDOW // 2, -(_WINDOW // 2))
    return float((luminance * structure)[inside, inside].mean())


def _weighted(plane: _Plane) -> _Plane:
    """The mean over the window around each pixel."""
    return cv2.GaussianBlur(plane, (_WINDOW, _WINDOW), _SIGMA).astype(np.float64, copy=False)


def normalized_mutual_information(first: Image, second: Image) -> float:
    """Return (H(x) + H(y)) / H(x, y) of all colour values (Studholme et al. 1999).

    Each picture's values are counted in 100 bins from its lowest to its highest, as scikit-image
    does. It does not change if values are mapped one to one, such as inverted, if bins
    do not, and is 1 if one picture says nothing of the other.

    Raises:
        InputError: If they cannot be compared.
    """
    check_same_size(first, second)
    joint = np.bincount(_binned(first) * _BINS + _binned(second), minlength=_BINS**2)
    shares = joint.reshape(_BINS, _BINS) / joint.sum()
    both = _entropy(shares)
    if not both:
        return 1.0
    return (_entropy(shares.sum(axis=0)) + _entropy(shares.sum(axis=1))) / both


def _binned(picture: Image) -> npt.NDArray[np.intp]:
    """The number of the bin of each value."""
    low, high = int(picture.min()), int(picture.max())
    edges = np.linspace(low, high, _BINS + 1) if low < high else np.array([low, low + 1])
    bins = np.searchsorted(edges, np.arange(256), side="right") - 1
    number: npt.NDArray[np.intp] = bins.clip(0, _BINS - 1)[picture.reshape(-1)]
    return number


def _entropy(shares: npt.NDArray[np.float64]) -> float:
    known = shares[shares > 0]
    return float(-(known * np.log(known)).sum())
