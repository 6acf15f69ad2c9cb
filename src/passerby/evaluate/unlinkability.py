"""How much a score says of whether two sightings are of one person, score by score.

Gomez-Barrero, Galbally, Rathgeb and Busch 2018, "General framework to evaluate unlinkability in
biometric template protection systems", IEEE TIFS 13 (6), equations 4 and 6, with equal priors.
"""

from dataclasses import dataclass

import numpy as np

from passerby.errors import InputError
from passerby.evaluate.statistics import Figures

__all__ = ["LocalLinkability", "local_linkability"]


@dataclass(frozen=True, slots=True, eq=False)
class LocalLinkability:
    """What scores say, in bins.

    Attributes:
        edges: Shape (b + 1,), of the bins.
        mated: Shape (b,), share of the scores of one person in each bin.
        others: Shape (b,), share of the scores of two people in each bin.
        local: Shape (b,), 0-1: 0 where a score is as likely between two people as of one or more
            so, 1 where it only occurs of one person.
        whole: The mean of ``local`` over scores of one person: 0 is unlinkable, 1 fully linkable.
    """

    edges: Figures
    mated: Figures
    others: Figures
    local: Figures
    whole: float


def local_linkability(mated: Figures, others: Figures, bins: int = 40) -> LocalLinkability:
    """Compare the scores of one person with those of two people.

    What each bin says is learned from every second score, and averaged over the others: with one
    set for both, chance alone looks like a leak.

    Args:
        mated: Shape (m,), finite scores of pairs of one person, 2 or more.
        others: Shape (n,), likewise of two people.
        bins: How many, from the lowest score to the highest.

    Raises:
        InputError: If there are too few scores, or one is NaN or infinite.
    """
    if min(len(mated), len(others)) < 2:
        raise InputError(
            f"{len(mated)} scores of one person and {len(others)} of two: 2 of each are needed"
        )
    every = np.concatenate([mated, others])
    if not np.isfinite(every).all():
        raise InputError("a score is NaN or infinite: only finite ones can be compared")
    edges = np.linspace(float(every.min()), float(every.max()) + 1e-12, bins + 1)

    def shares(scores: Figures) -> Figures:
        return np.asarray(np.histogram(scores, edges)[0] / len(scores), np.float64)

    learned = _local(shares(mated[::2]), shares(others[::2]))
    of_one = shares(mated)
    return LocalLinkability(
        np.asarray(edges),
        of_one,
        shares(others),
        _local(of_one, shares(others)),
        float((learned * shares(mated[1::2])).sum()),
    )


def _local(mated: Figures, others: Figures) -> Figures:
    """2 LR / (1 + LR) - 1 of the likelihood ratio LR, and 0 where that is below 0 or unknown."""
    both = mated + others
    difference = np.divide(mated - others, both, out=np.zeros_like(both), where=both > 0)
    return np.asarray(difference.clip(0, None))
