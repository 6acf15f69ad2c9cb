"""Undoes what changes colours pixel by pixel: inversion, other hues, swapped channels, hidden bits.

Two maps are fitted on pairs, and the one that is better on other people is kept: an affine one of
the three channels, and one that looks up the mean clear value of each of 256 values of each channel
alone. The second sees what is hidden in the lowest bits.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, Fitted
from passerby.attack.case import AttackCase
from passerby.attack.people import CropImages
from passerby.attack.rebuilding import as_picture, rebuilder
from passerby.attack.ridge import affine_of_moments

__all__ = ["affine_map", "lookup_map"]

_Picture = npt.NDArray[np.uint8]
_Map = Callable[[_Picture], _Picture]


def affine_map(seen: CropImages, clear: CropImages) -> _Map:
    """Fit the affine map of three channels with the least squared error.

    Args:
        seen: Shape (n, height, width, 3).
        clear: Likewise.
    """
    inputs = np.concatenate([seen.reshape(-1, 3), np.ones((seen.size // 3, 1))], axis=1)
    cross = np.asarray(inputs.T @ clear.reshape(-1, 3), np.float64)
    weights, offset = affine_of_moments(inputs.T @ inputs, cross, strength=0)
    return lambda picture: as_picture(picture @ weights + offset)


def lookup_map(seen: CropImages, clear: CropImages) -> _Map:
    """Look up, for each channel and value, the mean of the clear channel where it was seen.

    Values that were never seen become the mean of all.

    Args:
        seen: Shape (n, height, width, 3).
        clear: Likewise.
    """
    table = np.empty((256, 3), np.uint8)
    for channel in range(3):
        values, answers = seen[..., channel].reshape(-1), clear[..., channel].reshape(-1)
        counts = np.bincount(values, minlength=256)
        sums = np.bincount(values, answers, minlength=256)
        means = np.where(counts > 0, sums / np.maximum(counts, 1), answers.mean())
        table[:, channel] = as_picture(means)
    return lambda picture: table[picture, np.arange(3)]


def _fit(case: AttackCase) -> Fitted:
    train, held = case.train, case.validation
    maps = [make(train.seen, train.clear.images) for make in (affine_map, lookup_map)]
    errors = [
        sum(
            float(np.square(clear.astype(np.float64) - one(seen)).sum())
            for seen, clear in zip(held.seen, held.clear.images, strict=True)
        )
        for one in maps
    ]
    return rebuilder(case, maps[int(np.argmin(errors))])


ATTACKS.add(
    "colour-map",
    Attack(
        summary="Another colour for each colour: an affine map, or a table for each channel.",
        question="rebuilding",
        fit=_fit,
    ),
)
