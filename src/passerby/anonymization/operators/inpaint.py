"""Poisson inpainting: the surroundings continue smoothly over the patch.

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

_LARGEST_MASK = 50_000
"""Pixels; a larger mask is solved over its whole box, where time and memory hardly grow."""

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

    They are known: sines that vanish at a neighbour that is given, cosines that are level where
    there is none (Strang, "The Discrete Cosine Transform", SIAM Review 41, 1999).

    Args:
        count: Number of values.
        given: Whether the neighbour before the first and after the last is given; else nothing
            flows across that end.
    """
    number = np.arange(1, count + 1, dtype=np.float64)
    place = number[:, None]
    if all(given):
        steps = number * np.pi / (count + 1)
        vectors = np.sin(place * steps)
    elif any(given):
        steps = (number - 0.5) * np.pi / (count + 0.5)
        vectors = np.sin((place if given[0] else place[::-1]) * steps)
    else:
        steps = (number - 1) * np.pi / count
        vectors = np.cos((place - 0.5) * steps)
    vectors /= np.linalg.norm(vectors, axis=0)
    return 2 - 2 * np.cos(steps), vectors


def inpaint_mask(image: Image, mask: Mask) -> _Floats:
    """Solve Laplace's equation over the pixels of a mask.

    Rows are taken along the shorter side. Each is expressed by the next one, which leaves one
    small dense matrix a row (block elimination; Golub and Van Loan, "Matrix Computations", 4.5).

    Args:
        image: Shape (height, width, 3).
        mask: Shape (height, width), True where a pixel is unknown; at least one must be known.

    Returns:
        The image with the solution in the mask; shape (height, width, 3).
    """
    if mask.shape[1] > mask.shape[0]:
        return inpaint_mask(image.transpose(1, 0, 2), mask.T).transpose(1, 0, 2)
    values = image.astype(np.float64)
    given = _sum_of_neighbours(np.where(mask[..., None], 0, values))
    degrees = _sum_of_neighbours(np.ones(mask.shape))
    width = mask.shape[1]
    beside = np.eye(width, k=1) + np.eye(width, k=-1)
    inverses = np.zeros((len(mask), width, width))  # 0 where a pixel is known
    for y, unknown in enumerate(mask):
        matrix = np.diag(degrees[y]) - beside
        if y > 0:
            matrix -= inverses[y - 1]
            given[y] += inverses[y - 1] @ given[y - 1]
        block = np.ix_(unknown, unknown)
        inverses[y][block] = np.linalg.inv(matrix[block])
    below = np.zeros((width, 3))
    for y in reversed(range(len(mask))):
        below = inverses[y] @ (given[y] + below)
        values[y, mask[y]] = below[mask[y]]
    return values


def _sum_of_neighbours(values: _Floats) -> _Floats:
    """For each pixel the sum of the four beside, above and below it that lie in the image."""
    sums = np.zeros_like(values)
    sums[1:] += values[:-1]
    sums[:-1] += values[1:]
    sums[:, 1:] += values[:, :-1]
    sums[:, :-1] += values[:, 1:]
    return sums


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
        summary="The surroundings continue smoothly over the patch (Poisson inpainting).",
        apply=_inpaint,
        looks_around=True,
    ),
)
