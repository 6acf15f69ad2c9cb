"""The nearest neighbours of each of many signatures among all of them, without a whole matrix."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import combinations_with_replacement

import numpy as np
import numpy.typing as npt

from passerby.matching.distances import Block, squared_lengths

__all__ = ["Indices", "Neighbours", "neighbours_of"]

Indices = npt.NDArray[np.intp]
"""Numbers of signatures or images."""

TILE = 4096
"""Rows and columns of the part of the matrix that is in memory."""
GROUPS = 16
"""Into how many groups the distances of a row are put to find a bound."""


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """What re-ranking needs to know of the squared distances between n signatures.

    Attributes:
        nearest: Shape (n, k), numbers of the nearest signatures, nearest first, itself included;
            of equally near ones the lower number comes first.
        farthest: Shape (n,), squared distance of the farthest signature.
        asked: Shape (q, n - q), squared distances of the first q signatures to the others.
    """

    nearest: Indices
    farthest: npt.NDArray[np.float32]
    asked: Block


def neighbours_of(features: npt.NDArray[np.float32], k: int, queries: int) -> Neighbours:
    """Compare all with all; each pair once, since the distance is the same both ways.

    Args:
        features: Shape (n, d).
        k: How many neighbours to find of each, at most n.
        queries: How many of the first signatures are queries.
    """
    count = len(features)
    squares = squared_lengths(features).astype(np.float32)
    found = _Nearest(count, k)
    asked = np.empty((queries, count - queries), np.float32)
    for rows, columns in _tiles(count):
        tile = _squared_distances(
            features[rows], features[columns], squares[rows], squares[columns]
        )
        if rows == columns:
            np.fill_diagonal(tile, 0)
        found.see(rows, columns, tile)
        if rows != columns:
            found.see(columns, rows, tile.T)
        height, left = max(queries - rows.start, 0), max(queries - columns.start, 0)
        part = tile[:height, left:]
        start = columns.start + left - queries
        asked[rows, start : start + part.shape[1]][: len(part)] = part
    return Neighbours(found.images, found.farthest, asked)


def _squared_distances(
    rows: npt.NDArray[np.float32],
    columns: npt.NDArray[np.float32],
    row_squares: npt.NDArray[np.float32],
    column_squares: npt.NDArray[np.float32],
) -> Block:
    tile: Block = rows @ columns.T
    tile *= -2
    tile += row_squares[:, None]
    tile += column_squares
    np.maximum(tile, 0, out=tile)
    return tile


def _tiles(count: int) -> Iterator[tuple[slice, slice]]:
    """The tiles on and above the diagonal.

    In this order every row meets the others in order, whether as a row of a tile or a column.
    """
    parts = [slice(start, min(start + TILE, count)) for start in range(0, count, TILE)]
    return combinations_with_replacement(parts, 2)


class _Nearest:
    """Keeps the nearest of what it has seen."""

    def __init__(self, count: int, k: int) -> None:
        self._k = k
        self._distances = np.full((count, k), np.inf, np.float32)
        self.images = np.full((count, k), count, np.intp)
        self.farthest = np.zeros(count, np.float32)

    def see(self, rows: slice, columns: slice, tile: Block) -> None:
        """Take the distances from ``rows`` to ``columns``, which are farther on than all before."""
        self.farthest[rows] = np.maximum(self.farthest[rows], tile.max(axis=1))
        limit = self._distances[rows, -1]
        if np.isinf(limit).any():
            limit = _bound(tile, self._k)
        row, column = _within(tile, limit)
        distance = np.append(self._distances[rows], tile[row, column])
        image = np.append(self.images[rows], column + columns.start)
        row = np.append(np.repeat(np.arange(len(tile)), self._k), row)
        order = _order(row, distance)
        count = np.bincount(row)
        best = order[(np.cumsum(count) - count)[:, None] + np.arange(self._k)]
        self._distances[rows], self.images[rows] = distance[best], image[best]


def _bound(tile: Block, k: int) -> npt.NDArray[np.float32]:
    """For each row a number that at least k of its distances do not exceed, and not many more.

    Each of the k least minima of groups of distances comes from another group.
    """
    width = tile.shape[1] // GROUPS
    if width < k:
        return np.full(len(tile), np.inf, np.float32)
    groups = (tile[:, number * width : (number + 1) * width] for number in range(GROUPS))
    minima = reduce(np.minimum, groups)
    return np.asarray(np.partition(minima, k - 1, axis=1)[:, k - 1])


def _within(tile: Block, limit: npt.NDArray[np.float32]) -> tuple[Indices, Indices]:
    """Rows and columns of the distances within the limit of their row.

    The tile is read along the memory, whichever way it lies.
    """
    if tile.flags.c_contiguous:
        row, column = np.divmod(np.flatnonzero(tile <= limit[:, None]), tile.shape[1])
    else:
        column, row = np.divmod(np.flatnonzero(limit >= tile.T), tile.shape[0])
    return row, column


def _order(row: Indices, distance: npt.NDArray[np.float32]) -> Indices:
    """The order by row, then by distance, then as they come."""
    # The bits of floats that are not negative are in the order of the floats.
    keys = (row.astype(np.uint64) << np.uint64(32)) | distance.view(np.uint32)
    return np.argsort(keys, kind="stable")
