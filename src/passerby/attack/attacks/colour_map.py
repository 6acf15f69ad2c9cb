"""Undoes what changes colours pixel by pixel: inversion, other hues, swapped channels, hidden bits.

Three maps are fitted on pairs, and the one that is best on other people is kept: an affine one of
the three channels; one that looks up the mean clear value of each of 256 values of each channel
alone, which sees what is hidden in the lowest bits; and one that looks up the mean clear colour of
each of 64x64x64 colours, which undoes what mixes channels in ways that no formula has.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, Fitted
from passerby.attack.case import AttackCase
from passerby.attack.people import CropImages
from passerby.attack.rebuilding import as_picture, rebuilder
from passerby.attack.ridge import affine_of_moments

__all__ = ["affine_map", "cube_map", "lookup_map"]

_Picture = npt.NDArray[np.uint8]
_Map = Callable[[_Picture], _Picture]

_SIDES = (4, 8, 16, 32, 64)
"""Cubes along each side, coarse to fine."""


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


def cube_map(seen: CropImages, clear: CropImages) -> _Map:
    """Look up the mean clear colour of each colour that was seen, in cubes of 4 levels a side.

    Cubes that were never seen have the mean of larger ones around them.

    Args:
        seen: Shape (n, height, width, 3).
        clear: Likewise.
    """
    flat, answers = seen.reshape(-1, 3), clear.reshape(-1, 3)
    table = np.empty((_SIDES[-1] ** 3, 3), np.uint8)
    table[:] = as_picture(answers.mean(axis=0, dtype=np.float64))
    finest = np.indices((_SIDES[-1],) * 3).reshape(3, -1).T * (256 // _SIDES[-1])
    for side in _SIDES:
        cube, place = _cubes(flat, side), _cubes(finest, side)
        counts = np.bincount(cube, minlength=side**3)
        known = counts[place] > 0
        for channel in range(3):
            sums = np.bincount(cube, answers[:, channel], minlength=side**3)
            means = as_picture(sums / np.maximum(counts, 1))
            table[known, channel] = means[place[known]]
    return lambda picture: table[_cubes(picture.reshape(-1, 3), _SIDES[-1])].reshape(picture.shape)


def _cubes(colours: npt.NDArray[np.integer], side: int) -> npt.NDArray[np.intp]:
    """The number of the cube in which each colour is, where so many lie along each side."""
    cells = colours.astype(np.intp) // (256 // side)
    return np.asarray(cells @ np.array([side**2, side, 1]), np.intp)


def _fit(case: AttackCase) -> Fitted:
    train, held = case.train, case.validation
    maps = [make(train.seen, train.clear.images) for make in _MAPS]
    errors = [
        sum(
            float(np.square(clear.astype(np.float64) - one(seen)).sum())
            for seen, clear in zip(held.seen, held.clear.images, strict=True)
        )
        for one in maps
    ]
    return rebuilder(case, maps[int(np.argmin(errors))])


_MAPS = (affine_map, lookup_map, cube_map)

ATTACKS.add(
    "colour-map",
    Attack(
        summary="Another colour for each colour: an affine map, or a table.",
        question="rebuilding",
        fit=_fit,
    ),
)
