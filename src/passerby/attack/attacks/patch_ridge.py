"""Undoes small filters: the best affine formula from 7x7 pixels to the one in their middle.

It breaks whatever mixes neighbours in an invertible way, as a filter of a few convolutions does.
"""

import cv2
import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, Fitted
from passerby.attack.case import AttackCase
from passerby.attack.people import CropImages
from passerby.attack.rebuilding import as_picture, rebuilder
from passerby.attack.ridge import affine_of_moments

__all__ = ["PatchFormula", "patch_formula"]

PATCH_SIDE = 7
PATCHES = 100_000
"""Patches that are learned from, at most."""
_RIDGE = 1e-4
"""Penalty, as a share of the mean variance of what the formula sees."""

_Picture = npt.NDArray[np.uint8]


class PatchFormula:
    """An affine formula from the pixels around each pixel to three channels.

    Args:
        weights: Shape (7, 7, 3, 3): rows, columns, channels seen, channels given.
        offset: Shape (3,).
    """

    def __init__(self, weights: npt.NDArray[np.float64], offset: npt.NDArray[np.float64]) -> None:
        self._weights, self._offset = weights, offset

    def __call__(self, picture: _Picture) -> _Picture:
        """Apply it to a picture of shape (height, width, 3), mirrored at its edges."""
        made = np.broadcast_to(self._offset, picture.shape).copy()
        for given in range(3):
            for channel in range(3):
                kernel = np.ascontiguousarray(self._weights[:, :, channel, given])
                plane = np.ascontiguousarray(picture[..., channel], np.float64)
                made[..., given] += cv2.filter2D(
                    plane, cv2.CV_64F, kernel, borderType=cv2.BORDER_REFLECT_101
                )
        return as_picture(made)


def patch_formula(seen: CropImages, clear: CropImages, *, seed: int = 0) -> PatchFormula:
    """Fit the formula with the least squared error and a small penalty, in closed form.

    Args:
        seen: Shape (n, height, width, 3), sides of at least 4 pixels.
        clear: Likewise.
        seed: Of the choice of patches.
    """
    reach = PATCH_SIDE // 2
    count, height, width, _ = seen.shape
    rng = np.random.default_rng([seed, 11])
    each = min(height * width, max(PATCHES // count, 1))
    features = PATCH_SIDE * PATCH_SIDE * 3
    inner, cross = np.zeros((features + 1, features + 1)), np.zeros((features + 1, 3))
    edges = ((reach, reach), (reach, reach), (0, 0))
    for before, after in zip(seen, clear, strict=True):
        place = rng.choice(height * width, each, replace=False)
        wide = np.pad(before, edges, "reflect")
        around = [
            wide[y : y + height, x : x + width].reshape(-1, 3)[place]
            for y in range(PATCH_SIDE)
            for x in range(PATCH_SIDE)
        ]
        rows = np.concatenate([*around, np.ones((each, 1))], axis=1)
        inner += rows.T @ rows
        cross += rows.T @ after.reshape(-1, 3)[place]
    weights, offset = affine_of_moments(inner, cross, _RIDGE)
    return PatchFormula(weights.reshape(PATCH_SIDE, PATCH_SIDE, 3, 3), offset)


def _fit(case: AttackCase) -> Fitted:
    formula = patch_formula(case.train.seen, case.train.clear.images, seed=case.seed)
    return rebuilder(case, formula)


ATTACKS.add(
    "patch-ridge",
    Attack(
        summary="The best affine formula from 7x7 pixels to the one in their middle.",
        question="rebuilding",
        fit=_fit,
    ),
)
