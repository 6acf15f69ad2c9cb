"""k-reciprocal re-ranking (Zhong, Zheng, Cao and Li 2017), on squared distances as published.

The paper's encoding of a signature has an entry for every other one, but nearly all are zero.
Kept sparse, and with distances computed in tiles, it fits into memory for whole data sets.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, InputError
from passerby.extras import needing
from passerby.matching.distances import Block, squared_lengths
from passerby.matching.neighbours import Indices, neighbours_of
from passerby.signatures.signatures import chunks

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["Reranking", "check_can_rerank", "jaccard_overlap", "reciprocal_encoding", "rerank"]

_Encoding: TypeAlias = "sparse.csr_array[np.float32]"
"""Shape (n, n): how much each signature counts as a neighbour of each; every row adds up to 1."""


@dataclass(frozen=True, slots=True)
class Reranking:
    """Settings of k-reciprocal re-ranking (Zhong et al. 2017, section 3).

    Attributes:
        k1: Neighbours among which reciprocal ones are sought.
        k2: Neighbours over which descriptions are averaged.
        original_weight: Share of the original distance in the final one, lambda in the paper.

    Raises:
        ConfigError: If a value is out of range.
    """

    k1: int = 20
    k2: int = 6
    original_weight: float = 0.3

    def __post_init__(self) -> None:
        if not 1 <= self.k2 <= self.k1:
            raise ConfigError(
                f"re-ranking needs 1 <= k2 <= k1, not k1={self.k1}, k2={self.k2}: change one"
            )
        if not 0 <= self.original_weight <= 1:
            raise ConfigError(f"the weight lambda must be 0 to 1, not {self.original_weight}")


def check_can_rerank() -> None:
    """Find out before the work whether signatures can be re-ranked.

    Raises:
        ConfigError: If scipy is not installed.
    """
    _sparse()


def _sparse() -> ModuleType:
    with needing("evaluate", "re-ranking"):
        from scipy import sparse  # noqa: PLC0415  (an extra)
    return sparse


def rerank(features: npt.NDArray[np.float32], queries: int, settings: Reranking) -> Block:
    """Return the final distances of the paper's equation 12.

    Args:
        features: Shape (n, d), queries first; of length one if cosines are to be compared.
        queries: How many of them are queries.
        settings: k1, k2 and lambda.

    Returns:
        From queries to all others, shape (queries, n - queries), 0 to 1.

    Raises:
        ConfigError: If scipy is not installed.
        InputError: If there are no more than k1 images, or all signatures are the same.
    """
    if len(features) <= settings.k1:
        raise InputError(
            f"re-ranking with k1={settings.k1} needs more than {len(features)} images: lower k1"
        )
    if all((part == features[0]).all() for _, part in chunks(features)):
        raise InputError("re-ranking needs signatures that differ: these are all the same")
    found = neighbours_of(features, settings.k1 + 1, queries)
    encoding = reciprocal_encoding(features, found.nearest, found.farthest, settings.k1)
    encoding = _averaged(encoding, found.nearest[:, : settings.k2])
    overlap = jaccard_overlap(encoding[:queries], encoding[queries:])
    final = found.asked
    final *= (settings.original_weight / found.farthest[:queries])[:, None]
    for number in range(queries):
        shared = overlap(number)
        final[number] += np.float32(1 - settings.original_weight) * (1 - shared / (2 - shared))
    return final


def reciprocal_encoding(
    features: npt.NDArray[np.float32],
    nearest: Indices,
    farthest: npt.NDArray[np.float32],
    k1: int,
) -> _Encoding:
    """Encode each signature by its expanded k-reciprocal neighbours (equations 3, 5 and 7).

    Args:
        features: Shape (n, d).
        nearest: Shape (n, k1 + 1 or more), see `Neighbours`.
        farthest: Shape (n,), by which squared distances are divided.
        k1: Neighbours to look at.
    """
    reciprocal = _reciprocal(nearest[:, : k1 + 1])
    half = _reciprocal(nearest[:, : round(k1 / 2) + 1])
    shared = (reciprocal @ half).multiply(reciprocal).tocoo()  # half is symmetric
    large = 3 * shared.data > 2 * np.diff(half.indptr)[shared.col]
    joined = _sparse().csr_array(
        (shared.data[large], (shared.row[large], shared.col[large])), half.shape
    )
    expanded = (reciprocal + joined @ half).tocsr()
    expanded.sort_indices()
    return _weighted(features, farthest, expanded)


def _reciprocal(nearest: Indices) -> "sparse.csr_array[np.int32]":
    """Which signatures are among each other's nearest: ones, shape (n, n), symmetric."""
    neighbours = _rows_of(nearest, np.int32)
    mutual: sparse.csr_array[np.int32] = neighbours.multiply(neighbours.T).tocsr()
    return mutual


def _rows_of(nearest: Indices, dtype: type[np.number]) -> "sparse.csr_array":
    """Ones at the columns that each row names."""
    count, k = nearest.shape
    starts = np.arange(0, count * k + 1, k)
    ones = np.ones(count * k, dtype)
    rows: sparse.csr_array = _sparse().csr_array((ones, nearest.ravel(), starts), (count, count))
    return rows


def _weighted(
    features: npt.NDArray[np.float32],
    farthest: npt.NDArray[np.float32],
    pattern: "sparse.csr_array[np.int32]",
) -> _Encoding:
    """Gaussian weights of the squared distances at the entries of ``pattern``."""
    squares = squared_lengths(features)
    weights = np.empty(pattern.nnz, np.float32)
    for number, feature in enumerate(features):
        row = slice(pattern.indptr[number], pattern.indptr[number + 1])
        others = pattern.indices[row]
        distances = squares[number] + squares[others] - 2 * (features[others] @ feature)
        gaussian = np.exp(-np.maximum(distances, 0) / farthest[number])
        weights[row] = gaussian / gaussian.sum()
    entries = weights, pattern.indices, pattern.indptr
    encoding: _Encoding = _sparse().csr_array(entries, pattern.shape)
    return encoding


def _averaged(encoding: _Encoding, nearest: Indices) -> _Encoding:
    """The mean of the encodings of each signature's nearest (local query expansion, eq. 11)."""
    return (_rows_of(nearest, np.float32) @ encoding / np.float32(nearest.shape[1])).tocsr()


def jaccard_overlap(
    queries: _Encoding, gallery: _Encoding
) -> Callable[[int], npt.NDArray[np.float32]]:
    """Return a function from a query to the sums of minima with every gallery image (eq. 10).

    Only images that share a neighbour with the query are looked at, through an inverted index.
    """
    inverted = gallery.tocsc()

    def overlap(query: int) -> npt.NDArray[np.float32]:
        entries = slice(queries.indptr[query], queries.indptr[query + 1])
        neighbours = queries.indices[entries]
        first = inverted.indptr[neighbours]
        count = inverted.indptr[neighbours + 1] - first
        place = np.arange(count.sum()) + np.repeat(first - np.cumsum(count) + count, count)
        least = np.minimum(np.repeat(queries.data[entries], count), inverted.data[place])
        sums = np.bincount(inverted.indices[place], least, minlength=gallery.shape[0])
        return sums.astype(np.float32)

    return overlap
