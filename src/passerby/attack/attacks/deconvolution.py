"""Undoes blur: the linear filter with the least error that treats all places alike (Wiener 1949).

Its frequency response is the cross-spectrum of clear and anonymized pictures over the spectrum of
the anonymized ones, both measured on pairs. So no kernel has to be guessed, and noise is weighed
against detail at each frequency.
"""

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, Fitted
from passerby.attack.case import AttackCase
from passerby.attack.people import CropImages
from passerby.attack.rebuilding import as_picture, rebuilder

__all__ = ["WienerFilter", "wiener_filter"]

_NOISE = 1e-4
"""Power that any picture has at each frequency from rounding to 8 bits, as a share of the mean."""

_Picture = npt.NDArray[np.uint8]
_Figures = npt.NDArray[np.float64]


class WienerFilter:
    """A filter of each channel, by its frequency response.

    Args:
        response: Shape (2 height, height-independent half of 2 width, 3), complex.
        before: Mean anonymized picture, shape (height, width, 3).
        after: Mean clear picture, likewise.
    """

    def __init__(
        self, response: npt.NDArray[np.complex128], before: _Figures, after: _Figures
    ) -> None:
        self._response, self._before, self._after = response, before, after

    def __call__(self, picture: _Picture) -> _Picture:
        """Filter a picture of shape (height, width, 3), mirrored at its edges."""
        height, width = picture.shape[:2]
        spectrum = _spectrum(picture - self._before) * self._response
        filtered = np.fft.irfft2(spectrum, (2 * height, 2 * width), axes=(0, 1))
        return as_picture(filtered[:height, :width] + self._after)


def wiener_filter(seen: CropImages, clear: CropImages) -> WienerFilter:
    """Measure the response on pairs.

    Args:
        seen: Shape (n, height, width, 3).
        clear: Likewise.
    """
    before, after = (images.mean(axis=0, dtype=np.float64) for images in (seen, clear))
    shape = _spectrum(before).shape
    cross, power = np.zeros(shape, np.complex128), np.zeros(shape)
    for one, other in zip(seen, clear, strict=True):
        spectrum = _spectrum(one - before)
        cross += _spectrum(other - after) * spectrum.conj()
        power += np.square(np.abs(spectrum))
    floor = np.maximum(_NOISE * power.mean(axis=(0, 1)), 1e-6)
    return WienerFilter(cross / (power + floor), before, after)


def _spectrum(picture: _Figures) -> npt.NDArray[np.complex128]:
    """Of a picture that goes on as in a mirror, so that its edges make no jumps."""
    height, width = picture.shape[:2]
    mirrored = np.pad(picture, ((0, height), (0, width), (0, 0)), "symmetric")
    return np.asarray(np.fft.rfft2(mirrored, axes=(0, 1)))


def _fit(case: AttackCase) -> Fitted:
    return rebuilder(case, wiener_filter(case.train.seen, case.train.clear.images))


ATTACKS.add(
    "deconvolution",
    Attack(
        summary="The linear filter with the least error, measured on pairs: undoes blur.",
        question="rebuilding",
        fit=_fit,
    ),
)
