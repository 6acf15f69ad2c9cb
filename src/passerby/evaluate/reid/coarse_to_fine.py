"""Re-ranking the nearest images with a second, finer signature.

Van Rooijen et al. (section 5) suggest it for people whose clothes look much the same; the idea is
that of Katsaros et al. 2020 for vehicles.
"""

import numpy as np

from passerby.evaluate.reid.distances import Block

__all__ = ["refined"]


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
