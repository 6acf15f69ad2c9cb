"""The nearest neighbours of each of many signatures among all of them, without a whole matrix."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.evaluate.reid.distances import Block, squared_lengths
from passerby.evaluate.reid.matches import Indices

__all__ = ["Neighbours", "neighbours_of", "squared_distances"]

TILE = 4096
"""Rows and columns of the part of the matrix that is in memory."""


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
    found = _Nearest(count, k)
    asked = np.empty((queries, count - queries), np.float32)
    for rows, columns in _tiles(count):
        tile = squared_distances(features[rows], features[columns])
        if rows == columns:
            np.fill_diagonal(tile, 0)
        else:
            found.see(columns, rows, tile.T)
        found.see(rows, columns, tile)
        height, left = max(queries - rows.start, 0), max(queries - columns.start, 0)
        part = tile[:height, left:]
        start = columns.start + left - queries
        asked[rows, start : start + part.shape[1]][: len(part)] = part
    return Neighbours(found.images, found.farthest, asked)


def squared_distances(rows: npt.NDArray[np.float32], columns: npt.NDArray[np.float32]) -> Block:
    """Squared Euclidean distances between all of ``rows`` and all of ``columns``."""
    tile: Block = rows @ columns.T
    tile *= -2
    tile += squared_lengths(rows)[:, None].astype(np.float32)
    tile += squared_lengths(columns).astype(np.float32)
    np.maximum(tile, 0, out=tile)
    return tile


def _tiles(count: int) -> Iterator[tuple[slice, slice]]:
    """The tiles on the diagonal, which give every row its first neighbours; then those above."""
    parts = [slice(start, min(start + TILE, count)) for start in range(0, count, TILE)]
    yield from ((part, part) for part in parts)
    for number, rows in enumerate(parts):
        yield from ((rows, columns) for columns in parts[number + 1 :])


class _Nearest:
    """Keeps the nearest of what it has seen."""

    def __init__(self, count: int, k: int) -> None:
        self._k = k
        self._distances = np.full((count, k), np.inf, np.float32)
        self.images = np.full((count, k), count, np.intp)
        self.farthest = np.zeros(count, np.float32)

    def see(self, rows: slice, columns: slice, tile: Block) -> None:
        """Take the distances from ``rows`` to ``columns``."""
        self.farthest[rows] = np.maximum(self.farthest[rows], tile.max(axis=1))
        limit = self._distances[rows, -1]
        if np.isinf(limit).any() and tile.shape[1] >= self._k:
            limit = np.partition(tile, self._k - 1, axis=1)[:, self._k - 1]
        row, column = _where(tile <= limit[:, None])
        row = np.append(row, np.repeat(np.arange(len(tile)), self._k))
        image = np.append(column + columns.start, self.images[rows])
        distance = np.append(tile[row[: len(column)], column], self._distances[rows])
        order = np.lexsort((image, distance, row))
        count = np.bincount(row)
        best = order[(np.cumsum(count) - count)[:, None] + np.arange(self._k)]
        self._distances[rows], self.images[rows] = distance[best], image[best]


def _where(mask: npt.NDArray[np.bool_]) -> tuple[Indices, Indices]:
    """Rows and columns of what is true; works along the memory, whichever way it lies."""
    if mask.flags.c_contiguous:
        row, column = np.divmod(np.flatnonzero(mask), mask.shape[1])
        return row, column
    column, row = _where(mask.T)
    return row, column
