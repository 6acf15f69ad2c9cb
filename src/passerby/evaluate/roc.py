"""Area under the ROC curve of single scores; pairs of a whole gallery are counted in `reid`."""

import numpy as np
import numpy.typing as npt

from passerby.errors import InputError
from passerby.evaluate.statistics import Figures

__all__ = ["auc_folded", "auc_roc"]

_DIGITS = 6
"""Of scores, after the point."""


def auc_roc(scores: Figures, same: npt.NDArray[np.bool_], *, digits: int | None = _DIGITS) -> float:
    """Return how often a pair of the same person has a higher score than one of different people.

    Equal scores count one half. Scores are rounded first: a filter that gives the same picture of
    everybody leaves differences of 1e-5 in single precision, and sorting by those can have an area
    of 1. For the same reason, bring filtered pictures to 8 bits before they are compared.

    Args:
        scores: Shape (n,), likelihood that both pictures show the same person.
        same: Shape (n,), whether they do.
        digits: To how many digits after the point scores are rounded; None to take them as they
            are.

    Returns:
        0-1; 0.5 by chance.

    Raises:
        InputError: If the lengths differ, a score is not finite, or all pairs are of one kind.

    Example:
        >>> scores, same = np.array([0.9, 0.4, 0.4, 0.1]), np.array([True, True, False, False])
        >>> auc_roc(scores, same)
        0.875
    """
    if scores.shape != same.shape or scores.ndim != 1:
        raise InputError(f"scores have shape {scores.shape}, but pairs {same.shape}: give (n,)")
    if not np.isfinite(scores).all():
        raise InputError("a score is not a finite number: the network that gave it is broken")
    if same.all() or not same.any():
        raise InputError("all pairs are of one kind: an area needs same and different people")
    rounded = scores if digits is None else np.round(scores, digits)
    _, place = np.unique(rounded, return_inverse=True)
    different = np.bincount(place, ~same)
    below = np.cumsum(different) - different / 2
    return float((np.bincount(place, same) @ below) / (same.sum() * (~same).sum()))


def auc_folded(auc: float) -> float:
    """Return how well people can be told apart either way: whoever is always wrong knows as much.

    Example:
        >>> auc_folded(0.25)
        0.75
    """
    return max(auc, 1 - auc)
