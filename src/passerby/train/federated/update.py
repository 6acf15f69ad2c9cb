"""Updates: what a site learned in a round, as the difference to what it was given."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from passerby.train.federated.shared import SharedWeights

__all__ = ["Contribution", "difference", "noisy", "norm", "shortened", "with_mean_update"]


@dataclass(frozen=True, eq=False)
class Contribution:
    """What a site sends at the end of a round.

    Attributes:
        site: Its name.
        update: What it learned.
        images: From how many images: its weight in the mean.
    """

    site: str
    update: SharedWeights
    images: int


def difference(after: SharedWeights, before: SharedWeights, names: Iterable[str]) -> SharedWeights:
    """Return what changed."""
    return {name: after[name] - before[name] for name in names}


def norm(update: SharedWeights) -> float:
    """Return the Euclidean length of an update as one long vector; NaN if a number is none."""
    return sqrt(sum(float(np.square(part, dtype=np.float64).sum()) for part in update.values()))


def shortened(update: SharedWeights, longest: float) -> SharedWeights:
    """Shorten an update to a length of at most ``longest``; its direction stays.

    McMahan et al., ICLR 2018, arXiv 1710.06963, section 2.
    """
    length = norm(update)
    share = np.float32(longest / length if length > longest else 1.0)
    return {name: part * share for name, part in update.items()}


def noisy(update: SharedWeights, deviation: float, rng: np.random.Generator) -> SharedWeights:
    """Add Gaussian noise of a standard deviation to each number."""
    return {
        name: (part + rng.normal(0.0, deviation, part.shape)).astype(np.float32)
        for name, part in update.items()
    }


def with_mean_update(before: SharedWeights, contributions: Sequence[Contribution]) -> SharedWeights:
    """Add the mean update, in which each image counts alike (FedAvg).

    Args:
        before: What all sites were given.
        contributions: At least one, of the same names and shapes; parts of ``before`` that are in
            none stay as they are.

    Returns:
        What sites are given next.
    """
    images = sum(one.images for one in contributions)
    after = dict(before)
    for name in contributions[0].update:
        mean = np.zeros(before[name].shape, np.float64)
        for one in contributions:
            mean += one.update[name] * (one.images / images)
        after[name] = (before[name] + mean).astype(np.float32)
    return after
