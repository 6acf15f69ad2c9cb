"""How sure a mean is when figures belong together in groups."""

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, InputError
from passerby.evaluate.statistics import Figures, Interval

__all__ = ["bootstrap_over_groups"]

DRAWS = 10_000
_BATCH = 500
"""Draws that are held in memory at a time."""


def bootstrap_over_groups(
    differences: Figures,
    groups: npt.NDArray[np.int64],
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Return the percentile interval of the mean when whole groups are drawn with replacement.

    Figures of the same person are alike: drawing them one by one makes intervals too narrow.

    Args:
        differences: Shape (n,).
        groups: Shape (n,).
        confidence: Between 0 and 1.
        seed: The same seed draws the same.

    Raises:
        ConfigError: If the confidence is out of range.
        InputError: If the lengths differ or there are none.
    """
    if not 0 < confidence < 1:
        raise ConfigError(f"a confidence must be between 0 and 1, not {confidence}")
    if len(differences) != len(groups) or not len(groups):
        raise InputError(
            f"there are {len(differences)} differences and {len(groups)} groups: give one of each"
        )
    _, group = np.unique(groups, return_inverse=True)
    sizes = np.bincount(group)
    sums = np.bincount(group, differences)
    generator = np.random.default_rng(seed)
    means = []
    for _ in range(0, DRAWS, _BATCH):
        drawn = generator.integers(len(sizes), size=(_BATCH, len(sizes)))
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    low, high = np.quantile(np.concatenate(means), [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high), confidence)
