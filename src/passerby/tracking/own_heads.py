"""Persons whose heads were found too: there is no doubt about them."""

import numpy as np
import numpy.typing as npt

from passerby.detections import Detections, Kind

__all__ = ["fits_as_head", "have_own_heads"]

_HEAD_SCORE = 0.6
"""Least score of a head that vouches for somebody."""

_OFF_MIDDLE = 0.3
_LOWEST = 0.2
_HIGHEST = -0.02
"""Where the middle of a head is in its person's box: off the middle by so much of the width at
most, and so much of the height below the top."""

_SHARES = 0.07, 0.25
"""Least and greatest height of a head, as a share of its person's."""


def have_own_heads(detections: Detections) -> npt.NDArray[np.bool_]:
    """Tell which boxes are persons with a head at the right place that is nobody else's.

    Where several persons could have one head, it is that of the best score.

    Returns:
        Shape (n,).
    """
    owns = np.zeros(len(detections), np.bool_)
    people = np.flatnonzero(detections.kinds == Kind.PERSON)
    heads = (detections.kinds == Kind.HEAD) & (detections.scores >= _HEAD_SCORE)
    free = fits_as_head(detections.boxes[people], detections.boxes[heads])
    for row in np.argsort(-detections.scores[people], kind="stable"):
        if free[row].any():
            owns[people[row]] = True
            free[:, free[row].argmax()] = False
    return owns


def fits_as_head(
    people: npt.NDArray[np.float32], heads: npt.NDArray[np.float32]
) -> npt.NDArray[np.bool_]:
    """Whether each head is where each person has one, shape (people, heads)."""
    size = np.maximum(people[:, None, 2:] - people[:, None, :2], 1e-9)
    middle = ((heads[:, :2] + heads[:, 2:]) / 2)[None] - people[:, None, :2]
    across, down = np.moveaxis(middle / size, -1, 0)
    share = (heads[:, 3] - heads[:, 1])[None] / size[..., 1]
    fits: npt.NDArray[np.bool_] = (
        (np.abs(across - 0.5) < _OFF_MIDDLE)
        & (down > _HIGHEST)
        & (down < _LOWEST)
        & (share > _SHARES[0])
        & (share < _SHARES[1])
    )
    return fits
