"""Undoes scrambling: finds where each pixel went, by comparing what it was in several pairs."""

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, Fitted
from passerby.attack.case import AttackCase
from passerby.attack.people import CropImages
from passerby.attack.rebuilding import rebuilder

__all__ = ["pixel_origins"]

PAIRS = 40
"""Known pairs: twenty tell 8,192 places apart where nothing was blurred, and more do no harm."""
_AT_ONCE = 1024
"""Places that are looked up at a time."""

_Places = npt.NDArray[np.intp]


def pixel_origins(seen: CropImages, clear: CropImages) -> _Places:
    """Find for each pixel of clear pictures the one of the others that holds it.

    The pixel is taken whose values over all pairs are nearest, in the sum of squares.

    Args:
        seen: Shape (n, height, width, 3).
        clear: Likewise.

    Returns:
        Shape (height * width,): places, counted along the rows.
    """
    step = max(len(seen) // PAIRS, 1)
    before, after = (_histories(images[::step][:PAIRS]) for images in (seen, clear))
    lengths = np.square(before).sum(axis=1)
    origins = np.empty(len(after), np.intp)
    for start in range(0, len(after), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        origins[rows] = np.argmin(lengths - 2 * after[rows] @ before.T, axis=1)
    return origins


def _histories(images: CropImages) -> npt.NDArray[np.float32]:
    """The values of each pixel over all pictures, shape (pixels, 3 n)."""
    count, height, width, _ = images.shape
    moved = images.transpose(1, 2, 0, 3).reshape(height * width, 3 * count)
    return moved.astype(np.float32) - np.float32(127.5)


def _fit(case: AttackCase) -> Fitted:
    origins = pixel_origins(case.train.seen, case.train.clear.images)
    return rebuilder(case, lambda picture: picture.reshape(-1, 3)[origins].reshape(picture.shape))


ATTACKS.add(
    "permutation",
    Attack(
        summary="Finds where a fixed scrambling put each pixel, and puts it back.",
        question="rebuilding",
        fit=_fit,
    ),
)
