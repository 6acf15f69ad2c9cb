"""Undoes noise: smooths all but edges, then applies the best affine formula of neighbours.

The bilateral filter (Tomasi and Manduchi 1998) takes means over pixels that are near and of like
colour. How like they must be is chosen on pairs. What the filter blurs, and what clipping at 0
and 255 did to noisy colours, the formula that follows undoes as far as it can.
"""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, Fitted
from passerby.attack.attacks.patch_ridge import patch_formula
from passerby.attack.case import AttackCase
from passerby.attack.people import CropImages, CropPairs
from passerby.attack.rebuilding import rebuilder

__all__ = ["denoiser"]

COLOUR_DISTANCES = (12, 25, 50, 100)
"""Standard deviations of the filter's weights, in steps of 0-255."""
_REACH = 2.0
"""Pixels; likewise."""

_Picture = npt.NDArray[np.uint8]


def denoiser(train: CropPairs, held: CropPairs, *, seed: int = 0) -> Callable[[_Picture], _Picture]:
    """Fit a formula behind each filter, and return the pair with the least error on other people.

    Args:
        train: What is learned from.
        held: What is chosen on.
        seed: Of the choice of patches.

    Returns:
        Takes a picture of shape (height, width, 3), and returns it without noise.
    """

    def fitted(distance: float) -> Callable[[_Picture], _Picture]:
        smooth = _smoother(distance)
        smoothed = np.stack([smooth(one) for one in train.seen])
        formula = patch_formula(smoothed, train.clear.images, seed=seed)
        return lambda picture: formula(smooth(picture))

    return min(map(fitted, COLOUR_DISTANCES), key=lambda one: _error(one, held))


def _smoother(distance: float) -> Callable[[_Picture], _Picture]:
    def smooth(picture: _Picture) -> _Picture:
        return np.asarray(cv2.bilateralFilter(picture, -1, distance, _REACH), np.uint8)

    return smooth


def _error(rebuild: Callable[[_Picture], _Picture], held: CropPairs) -> float:
    clear: CropImages = held.clear.images
    return sum(
        float(np.square(before.astype(np.float64) - rebuild(after)).sum())
        for before, after in zip(clear, held.seen, strict=True)
    )


def _fit(case: AttackCase) -> Fitted:
    return rebuilder(case, denoiser(case.train, case.validation, seed=case.seed))


ATTACKS.add(
    "denoising",
    Attack(
        summary="Smooths all but edges, then applies the best affine formula of 7x7 pixels.",
        question="rebuilding",
        fit=_fit,
    ),
)
