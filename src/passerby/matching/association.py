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

__all__ = ["Weights", "link_marginals"]

Weights = npt.NDArray[np.float64]
"""Shape (n, m): how much likelier each link is than that both of its ends are in none."""

_ROUNDS = 500
_PRECISION = 1e-9


def link_marginals(weights: Weights) -> Weights:
    """Return how likely each link is.

    Args:
        weights: Finite, 0 or more; 0 for links that cannot be.

    Returns:
        Shape (n, m); what the rows and the columns lack to 1 is for no link.

    Raises:
        ConfigError: If a weight is negative or not finite.

    Example:
        >>> link_marginals(np.array([[2.0, 1.0]])).tolist()
        [[0.5, 0.25]]
    """
    weights = np.asarray(weights, np.float64)
    if weights.ndim != 2 or not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise ConfigError("weights of links must be a table of finite numbers, 0 or more")
    to_rows = np.ones_like(weights)
    for _ in range(_ROUNDS):
        offered = weights * to_rows
        to_columns = weights / (1 + offered.sum(axis=1, keepdims=True) - offered)
        taken = 1 + to_columns.sum(axis=0, keepdims=True) - to_columns
        before, to_rows = to_rows, 1 / taken
        if np.abs(to_rows - before).max(initial=0) < _PRECISION:
            break
    offered = weights * to_rows
    marginals: Weights = offered / (1 + offered.sum(axis=1, keepdims=True))
    return marginals
