"""Re-ranking the nearest images with a second, finer signature.

Van Rooijen et al. (section 5) suggest it for people whose clothes look much the same; the idea is
that of Katsaros et al. 2020 for vehicles.
"""

from dataclasses import dataclass

import numpy as np

from passerby.errors import ConfigError
from passerby.matching.distances import Block

__all__ = ["CoarseToFine", "refined"]


@dataclass(frozen=True, slots=True)
class CoarseToFine:
    """Settings of re-ranking the nearest images with a finer signature.

    Attributes:
        top: How many of the nearest images are put into a new order.

    Raises:
        ConfigError: If that is none.
    """

    top: int = 50

    def __post_init__(self) -> None:
        if self.top < 1:
            raise ConfigError(f"coarse-to-fine re-ranking needs 1 image or more, not {self.top}")


def refined(coarse: Block, fine: Block, top: int) -> Block:
    """Put the ``top`` nearest images of each query into the order of the finer distances.

    All others stay behind them, in the coarse order. Images as near as the last of the nearest
    belong to them too, so that the order of the gallery decides nothing.

    Args:
        coarse: Shape (n, m), 0 or more, infinite where an image is left out.
        fine: Shape (n, m).
        top: 1 or more.

    Returns:
        Shape (n, m): the coarse distances, and negative numbers in their order for the nearest.
    """
    last = min(top, coarse.shape[1]) - 1
    limit = np.partition(coarse, last, axis=1)[:, last]
    result = coarse.copy()
    for row, distances, farthest in zip(result, fine, limit, strict=True):
        near = np.flatnonzero((row <= farthest) & np.isfinite(row))
        _, order = np.unique(distances[near], return_inverse=True)
        row[near] = order - len(near)
    return result
