"""Pictures continued by reflection up to sides that a network can divide."""

import numpy as np
import numpy.typing as npt

__all__ = ["reflected_places"]


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
