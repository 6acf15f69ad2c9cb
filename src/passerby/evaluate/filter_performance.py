"""How good a filter is that keeps people and hides who they are, in one number; 0 is ideal."""

from math import hypot

from passerby.errors import InputError

__all__ = ["filter_performance", "filter_performance_folded"]


def filter_performance(average_precision: float, auc: float, ideal: float = 1.0) -> float:
    """Return the filter performance of Johansson and Lundberg (chapter 5).

    The distance to a detector that is as good as without a filter, and a re-ID that guesses.

    Args:
        average_precision: Of the detector on filtered pictures, 0-1.
        auc: Area under the ROC curve of the re-ID, 0-1.
        ideal: Average precision of the detector without a filter.

    Raises:
        InputError: If a figure is not between 0 and 1.

    Example:
        >>> round(filter_performance(0.864, 0.540, ideal=0.938), 3)
        0.084
    """
    _check(average_precision, auc, ideal)
    return hypot(ideal - average_precision, auc - 0.5)


def filter_performance_folded(average_precision: float, auc: float, ideal: float = 1.0) -> float:
    """Return the same on even terms: ``|2 auc - 1|`` reaches from 0, a guess, to 1, as AP does.

    The published number lets a re-ID that is always right cost no more than half of the precision.
    A detector that is better than without a filter is no further from the ideal.

    Args:
        average_precision: Of the detector on filtered pictures, 0-1.
        auc: Area under the ROC curve of a re-ID that was trained anew on filtered pictures, after
            the filter was frozen: the one in the loop lags behind the filter.
        ideal: Average precision of the detector without a filter.

    Raises:
        InputError: If a figure is not between 0 and 1.

    Example:
        >>> round(filter_performance_folded(0.864, 0.540, ideal=0.938), 3)
        0.109
    """
    _check(average_precision, auc, ideal)
    return hypot(max(ideal - average_precision, 0), 2 * auc - 1)


def _check(*figures: float) -> None:
    for figure in figures:
        if not 0 <= figure <= 1:
            raise InputError(f"a figure must be between 0 and 1, not {figure}")
