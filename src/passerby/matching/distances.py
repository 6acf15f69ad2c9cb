"""Distances from queries to a gallery, a block of queries at a time."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

from passerby.signatures.signatures import Features, chunks

__all__ = ["Block", "Distance", "Distances", "blocks", "reciprocal_lengths", "squared_lengths"]

Distance = Literal["cosine", "euclidean", "squared_euclidean"]
"""``cosine`` is 1 minus the cosine of the angle, from 0 to 2."""


Block = npt.NDArray[np.float32]
"""Distances, shape (queries, images)."""

BLOCK_BYTES = 256 << 20
MOST_QUERIES = 1024


class Distances:
    """The matrix of distances between queries and a gallery, of which blocks are made on demand.

    Equal signatures have equal distances, bit for bit: each distinct one is compared once. A
    matrix product alone rounds them differently from column to column, which would break ties by
    the order of the gallery.

    Args:
        query: Shape (n, d).
        gallery: Shape (m, d).
        distance: Which one. The cosine of a signature of zeros is taken as 0.

    Attributes:
        shape: (n, m).
        limit: No distance is greater.
    """

    def __init__(self, query: Features, gallery: Features, distance: Distance) -> None:
        self._distance = distance
        self._query = np.concatenate([part for _, part in chunks(query)])
        self._gallery, self._column = _distinct(gallery)
        self._query_squares = squared_lengths(self._query)
        self._gallery_squares = squared_lengths(self._gallery)
        self.shape = query.shape[0], gallery.shape[0]
        self.limit = self._limit()

    def __getitem__(self, queries: slice) -> Block:
        """Return the distances of some queries to the whole gallery."""
        block = self._products(queries)
        if self._distance == "cosine":
            block *= -reciprocal_lengths(self._gallery_squares)
            block *= reciprocal_lengths(self._query_squares[queries])[:, None]
            block += 1
        else:
            block *= -2
            block += self._query_squares[queries, None].astype(np.float32)
            block += self._gallery_squares.astype(np.float32)
        np.maximum(block, 0, out=block)  # rounding makes nothing nearer than the same
        if self._distance == "euclidean":
            np.sqrt(block, out=block)
        return block if self._column is None else block[:, self._column]

    def _products(self, queries: slice) -> Block:
        query = self._query[queries]
        block = np.empty((len(query), self._gallery.shape[0]), np.float32)
        for columns, part in chunks(self._gallery):
            np.matmul(query, part.T, out=block[:, columns])
        return block

    def _limit(self) -> float:
        if self._distance == "cosine":
            return 2.0
        lengths = np.sqrt(self._query_squares.max()) + np.sqrt(self._gallery_squares.max())
        return float(lengths if self._distance == "euclidean" else lengths**2)


def blocks(distances: Distances | Block) -> Iterator[tuple[slice, Block]]:
    """Yield all rows of a matrix in blocks of bounded size, each with where it belongs."""
    queries, images = distances.shape
    step = max(1, min(MOST_QUERIES, BLOCK_BYTES // (4 * images)))
    for start in range(0, queries, step):
        rows = slice(start, min(start + step, queries))
        yield rows, distances[rows]


def squared_lengths(features: Features) -> npt.NDArray[np.float64]:
    """Return the sum of the squares of each row, shape (n,)."""
    return np.concatenate(
        [np.einsum("ij,ij->i", part, part, dtype=np.float64) for _, part in chunks(features)]
    )


def reciprocal_lengths(squares: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Return one over each length, and 0 for a length of 0, given their squares."""
    lengths = np.sqrt(squares)
    return np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0).astype(np.float32)


def _distinct(features: Features) -> tuple[Features, npt.NDArray[np.intp] | None]:
    """The distinct rows, and for each row which of them it is; None where all are distinct.

    Rows are told apart by 64 bits of their hash.
    """
    # Adding 0 makes -0 and 0 the same in their bytes too.
    hashes = np.array([hash(row.tobytes()) for _, part in chunks(features) for row in part + 0])
    _, first, column = np.unique(hashes, return_index=True, return_inverse=True)
    if len(first) == len(hashes):
        return features, None
    kept = np.zeros(len(hashes), bool)
    kept[first] = True
    order = np.cumsum(kept) - 1  # distinct rows keep the order in which they come
    rows = np.concatenate([part[kept[where]] for where, part in chunks(features)])
    return rows, order[first][column]
