"""Poisson inpainting: the surroundings go on smoothly over the patch.

The new pixels solve Laplace's equation inside the patch: each is the mean of its four
neighbours, and the ring of pixels around the patch is given (Dirichlet). Where the patch
touches the edge of the image nothing flows across (Neumann).
"""

import numpy as np
import numpy.typing as npt

from passerby.anonymization.operators.operator import OPERATORS, Operator
from passerby.anonymization.patches import Patch, mean_colour
from passerby.anonymization.strength import Strength
from passerby.detections import Mask
from passerby.types import Image

__all__ = ["inpaint_box", "inpaint_mask"]

_Floats = npt.NDArray[np.float64]

_LARGEST_MASK = 100_000
"""Pixels; a larger mask is solved over its whole box, where the time hardly grows."""

_LARGEST_SIDE = 2_048
"""Pixels; a box with a longer side gets its mean colour, since solving would take minutes."""


def inpaint_box(image: Image, patch: Patch) -> _Floats:
    """Solve Laplace's equation over the patch's box; shape (height, width, 3).

    The equation falls apart into one along the rows and one along the columns, so the
    eigenvectors of two small matrices solve it exactly (Lynch, Rice and Thomas, 1964).

    Args:
        image: The whole image; only the ring around the box is read.
        patch: Must leave at least one pixel row or column of the image free.
    """
    left, top, right, bottom = patch.box
    height, width = image.shape[:2]
    rows, columns = patch.area
    known = np.zeros((patch.height, patch.width, 3))
    if top > 0:
        known[0] += image[top - 1, columns]
    if bottom < height:
        known[-1] += image[bottom, columns]
    if left > 0:
        known[:, 0] += image[rows, left - 1]
    if right < width:
        known[:, -1] += image[rows, right]
    row_values, row_vectors = _eigen(patch.height, top > 0, bottom < height)
    column_values, column_vectors = _eigen(patch.width, left > 0, right < width)
    planes = row_vectors.T @ known.transpose(2, 0, 1) @ column_vectors
    planes /= row_values[:, None] + column_values
    solution: _Floats = (row_vectors @ planes @ column_vectors.T).transpose(1, 2, 0)
    return solution


def _eigen(count: int, *given: bool) -> tuple[_Floats, _Floats]:
    """Eigenvalues and eigenvectors of the negated second difference of ``count`` values in a row.

    Args:
        count: Number of values.
        given: Whether the neighbour before the first and after the last is given; else nothing
            flows across that end.
    """
    from scipy.linalg import eigh_tridiagonal  # noqa: PLC0415 (slow to import, seldom needed)

    diagonal = np.full(count, 2.0)
    diagonal[0] -= not given[0]
    diagonal[-1] -= not given[1]
    values, vectors = eigh_tridiagonal(diagonal, np.full(count - 1, -1.0))
    return values.astype(np.float64), vectors.astype(np.float64)


def inpaint_mask(image: Image, mask: Mask) -> _Floats:
    """Solve Laplace's equation over the pixels of a mask with a sparse direct solver.

    Args:
        image: Shape (height, width, 3).
        mask: Shape (height, width), True where a pixel is unknown; at least one must be known.

    Returns:
        The image with the solution in the mask; shape (height, width, 3).
    """
    from scipy.sparse import coo_array  # noqa: PLC0415 (slow to import, seldom needed)
    from scipy.sparse.linalg import splu  # noqa: PLC0415

    first, second = _neighbours(mask.shape)
    unknown = mask.ravel()
    values = image.reshape(-1, 3).astype(np.float64)
    number = np.cumsum(unknown) - 1
    count = int(unknown.sum())

    inside = unknown[first] & unknown[second]
    border = unknown[first] & ~unknown[second]
    degree = np.bincount(number[first[unknown[first]]], minlength=count)
    known = np.zeros((count, 3))
    np.add.at(known, number[first[border]], values[second[border]])

    diagonal = np.arange(count)
    rows = np.concatenate([diagonal, number[first[inside]]])
    columns = np.concatenate([diagonal, number[second[inside]]])
    entries = np.concatenate([degree, np.full(int(inside.sum()), -1)]).astype(np.float64)
    matrix = coo_array((entries, (rows, columns)), shape=(count, count)).tocsc()
    values[unknown] = splu(matrix, permc_spec="MMD_AT_PLUS_A").solve(known)
    return values.reshape(image.shape)


def _neighbours(shape: tuple[int, ...]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """All ordered pairs of pixels side by side or one above the other, as flat indices."""
    index = np.arange(np.prod(shape)).reshape(shape)
    one = np.concatenate([index[:, :-1].ravel(), index[:-1].ravel()])
    other = np.concatenate([index[:, 1:].ravel(), index[1:].ravel()])
    return np.concatenate([one, other]), np.concatenate([other, one])


def _inpaint(image: Image, patch: Patch, _strength: Strength | None, _seed: int) -> Image:
    height, width = image.shape[:2]
    if patch.mask is not None and patch.mask.sum() <= _LARGEST_MASK and not patch.mask.all():
        solution = _inpaint_patch_mask(image, patch, patch.mask)
    elif patch.box != (0, 0, width, height) and max(patch.width, patch.height) <= _LARGEST_SIDE:
        solution = inpaint_box(image, patch)
    else:
        return np.full((patch.height, patch.width, 3), mean_colour(image, patch), np.uint8)
    return np.clip(np.rint(solution), 0, 255).astype(np.uint8)


def _inpaint_patch_mask(image: Image, patch: Patch, mask: Mask) -> _Floats:
    """Solve over the patch's mask, with one more pixel of the image on each side of its box."""
    left, top, right, bottom = patch.box
    around = image[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1]
    inner = (
        slice(min(top, 1), min(top, 1) + patch.height),
        slice(min(left, 1), min(left, 1) + patch.width),
    )
    unknown = np.zeros(around.shape[:2], np.bool_)
    unknown[inner] = mask
    return inpaint_mask(around, unknown)[inner]


OPERATORS.add(
    "inpaint",
    Operator(
        summary="The surroundings go on smoothly over the patch (Poisson inpainting).",
        apply=_inpaint,
        looks_around=True,
    ),
)
