"""Two conditions compared by all tests at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.evaluate.bootstrap import bootstrap_over_groups
from passerby.evaluate.statistics import (
    Equivalence,
    Figures,
    Interval,
    check_lengths,
    equivalence,
    paired_t,
    wilcoxon,
)

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a second series differs from a first.

    Attributes:
        pairs: Number of pairs that both series have a figure for.
        groups: Number of groups, such as identities, that the pairs belong to.
        difference: Mean of second less first.
        interval: Of the difference, by drawing whole groups.
        t_p, wilcoxon_p: Of the two tests for a difference, two-sided.
        equivalence: Of the tests for none that matters.
    """

    pairs: int
    groups: int
    difference: float
    interval: Interval
    t_p: float
    wilcoxon_p: float
    equivalence: Equivalence


def compare(
    first: Figures, second: Figures, groups: npt.NDArray[np.int64], *, margin: float, seed: int = 0
) -> Comparison:
    """Do all tests at once.

    Args:
        first: Shape (n,), NaN where there is no figure.
        second: Shape (n,), of the same things in the same order.
        groups: Shape (n,), whose figures belong together, such as identities.
        margin: Differences smaller than this do not matter; above 0.
        seed: Of the bootstrap.

    Raises:
        ConfigError: If the margin is not above 0.
        InputError: If the lengths differ or fewer than two pairs are complete.
    """
    check_lengths(first, second, groups)
    complete = ~(np.isnan(first) | np.isnan(second))
    first, second, groups = first[complete], second[complete], groups[complete]
    same = equivalence(first, second, margin)
    differences = second - first
    return Comparison(
        pairs=len(differences),
        groups=len(np.unique(groups)),
        difference=float(differences.mean()),
        interval=bootstrap_over_groups(differences, groups, seed=seed),
        t_p=paired_t(first, second),
        wilcoxon_p=wilcoxon(first, second),
        equivalence=same,
    )
