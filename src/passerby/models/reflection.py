"""Pictures continued by reflection up to sides that a network can divide."""

import numpy as np
import numpy.typing as npt

from passerby.types import Image

__all__ = ["continued_picture", "reflected_places"]


def continued_picture(image: Image, stride: int) -> Image:
    """Continue a picture to the right and downwards up to multiples of ``stride``.

    Args:
        image: Shape (height, width, 3).
        stride: What both sides of the result are multiples of.

    Returns:
        Shape (rows, columns, 3), with the picture at its top left; the picture itself if nothing is
        to be added. See `reflected_places` for what comes after its ends.
    """
    height, width = image.shape[:2]
    rows, columns = reflected_places(height, stride), reflected_places(width, stride)
    if (len(rows), len(columns)) == (height, width):
        return image
    # Most frames need a few rows more: single pixels are gathered for what is added alone.
    whole = np.empty((len(rows), len(columns), 3), np.uint8)
    whole[:height, :width] = image
    whole[height:, :width] = image[rows[height:]]
    whole[:, width:] = whole[:, columns[width:]]
    return whole


def reflected_places(length: int, stride: int) -> npt.NDArray[np.int64]:
    """Where each value of a row is taken from that is continued up to a multiple of ``stride``.

    The row runs to its end, back to its start, and so on, as in NumPy's padding ``reflect``; so it
    may be shorter than the stride. It gets two strides at least: on a map of a single cell there
    is nothing to reflect, nor to normalise.

    Args:
        length: Of the row, 1 or more.
        stride: What the result is a multiple of.

    Returns:
        Places in the row, the first ``length`` of which are 0, 1, 2 and so on.

    Example:
        >>> reflected_places(5, 4)
        array([0, 1, 2, 3, 4, 3, 2, 1])
        >>> reflected_places(2, 3)
        array([0, 1, 0, 1, 0, 1])
    """
    count = max(-(-length // stride), 2) * stride
    if length == 1:
        return np.zeros(count, np.int64)
    places = np.arange(count, dtype=np.int64) % (2 * length - 2)
    return np.minimum(places, 2 * length - 2 - places)
