"""How likely each link is, if everybody goes on as one other track at most, or as none.

Of all ways to choose links, with each row and each column in one link at most, each is as likely as
the product of the weights of its links; a row or a column in none has the weight 1. How likely one
link then is follows from a sum over all ways. Belief propagation approximates it (Williams and Lau,
"Approximate Evaluation of Marginal Association Probabilities with Belief Propagation", IEEE
Transactions on Aerospace and Electronic Systems 50, 2014, section III); it always converges, and
is exact where links do not form a circle.
"""

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError

__all__ = ["Ends", "Weights", "link_marginals"]

Weights = npt.NDArray[np.float64]
"""Shape (p,): how much likelier each link is than that both of its ends are in none."""

Ends = npt.NDArray[np.intp]
"""Shape (p,): the row, or the column, that each link ends in."""

_ROUNDS = 500
_PRECISION = 1e-9


def link_marginals(weights: Weights, rows: Ends, columns: Ends) -> Weights:
    """Return how likely each link is; what cannot be linked is left out.

    Args:
        weights: Finite, 0 or more.
        rows: 0 or more; no two links have the same row and column.
        columns: Likewise.

    Returns:
        Shape (p,); what the links of a row, or of a column, lack to 1 is for no link.

    Raises:
        ConfigError: If a weight is negative or not finite, or there are not as many ends.

    Example:
        >>> link_marginals(np.array([2.0, 1.0]), np.array([0, 0]), np.array([0, 1])).tolist()
        [0.5, 0.25]
    """
    weights = np.asarray(weights, np.float64)
    if not weights.shape == rows.shape == columns.shape == (weights.size,):
        raise ConfigError("links need a row, a column and a weight each")
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise ConfigError("weights of links must be finite numbers, 0 or more")
    to_rows = np.ones_like(weights)
    for _ in range(_ROUNDS):
        offered = weights * to_rows
        to_columns = weights / (1 + _sums(offered, rows) - offered)
        before, to_rows = to_rows, 1 / (1 + _sums(to_columns, columns) - to_columns)
        if np.abs(to_rows - before).max(initial=0) < _PRECISION:
            break
    offered = weights * to_rows
    marginals: Weights = offered / (1 + _sums(offered, rows))
    return marginals


def _sums(values: Weights, ends: Ends) -> Weights:
    """For each link, the sum of the values of all links with the same end."""
    sums: Weights = np.bincount(ends, values).astype(np.float64)[ends]
    return sums
