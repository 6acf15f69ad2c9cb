"""The signatures of one camera in memory, row by row: exact, or in half the memory."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from passerby.extras import needing

__all__ = [
    "ExactRows",
    "HalfRows",
    "IndexPrecision",
    "Integers",
    "VectorRows",
    "Vectors",
    "compact",
    "empty_rows",
    "with_room",
]

Integers = npt.NDArray[np.int64]
Vectors = npt.NDArray[np.float32]

IndexPrecision = Literal["exact", "half"]
"""How signatures are held in memory: as they are, or in 16 bits a number, searched by FAISS."""

_FIRST = 1024
"""Rows that there is room for at first."""

_CHUNK = 16_384
"""Rows that one thread compares at a time. FAISS goes through all of an index to compare a part of
it, so that it is given no more in one."""


class VectorRows(Protocol):
    """Signatures of length 1, in order.

    Attributes:
        dimension: How many numbers a signature has.
    """

    dimension: int

    def __len__(self) -> int:
        """How many there are."""
        ...

    def rows_from(self, start: int) -> Vectors:
        """Return those from one on, shape (n, d)."""
        ...

    def replace_from(self, start: int, vectors: Vectors) -> None:
        """Let these take the place of those from one on."""
        ...

    def keep(self, kept: Integers) -> None:
        """Keep those with these places, which grow; the memory of the others is overwritten."""
        ...

    def chunks(self, rows: slice) -> Iterator[slice]:
        """Share out rows among threads: `nearest` takes such parts."""
        ...

    def nearest(self, query: Vectors, rows: slice, count: int) -> tuple[Vectors, Integers]:
        """Return similarities and places of the best of some rows.

        Args:
            query: Shape (d,), of length 1.
            rows: Of which; one of the parts that `chunks` gave.
            count: How many, 1 or more.
        """
        ...


def empty_rows(precision: IndexPrecision, dimension: int) -> VectorRows:
    """Return what holds signatures, without any.

    Raises:
        ConfigError: If FAISS is not installed, which half the memory needs.
    """
    return ExactRows(dimension) if precision == "exact" else HalfRows(dimension)


class ExactRows:
    """Signatures as they are, in NumPy. Of equal ones, all are found.

    Args:
        dimension: How many numbers a signature has.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._count = 0
        self._vectors = np.zeros((_FIRST, dimension), np.float32)

    def __len__(self) -> int:
        """See `VectorRows`, as for all that follows."""
        return self._count

    def rows_from(self, start: int) -> Vectors:  # noqa: D102
        return self._vectors[start : self._count].copy()

    def replace_from(self, start: int, vectors: Vectors) -> None:  # noqa: D102
        self._count = start + len(vectors)
        self._vectors = with_room(self._vectors, self._count)
        self._vectors[start : self._count] = vectors

    def keep(self, kept: Integers) -> None:  # noqa: D102
        compact(self._vectors[: self._count], kept)
        self._count = len(kept)

    def chunks(self, rows: slice) -> Iterator[slice]:  # noqa: D102
        for start in range(rows.start, rows.stop, _CHUNK):
            yield slice(start, min(start + _CHUNK, rows.stop))

    def nearest(self, query: Vectors, rows: slice, count: int) -> tuple[Vectors, Integers]:  # noqa: D102
        similar = np.vecdot(self._vectors[rows], query)
        if len(similar) > count:
            least = np.partition(similar, -count)[-count]
            best = np.flatnonzero(similar >= least)
        else:
            best = np.arange(len(similar))
        return similar[best], rows.start + best


class HalfRows:
    """Signatures with 16 bits a number, compared by FAISS (`IndexScalarQuantizer`, `QT_fp16`).

    Douze et al., "The Faiss library", 2024. All rows are compared, as in `ExactRows`; what is lost
    is the fourth digit of a similarity.

    Args:
        dimension: How many numbers a signature has.

    Raises:
        ConfigError: If FAISS is not installed.
    """

    def __init__(self, dimension: int) -> None:
        with needing("faiss", "an index in half the memory"):
            import faiss  # noqa: PLC0415
        self.dimension = dimension
        self._faiss: Any = faiss
        self._segments: list[Any] = []

    def __len__(self) -> int:
        """See `VectorRows`, as for all that follows."""
        return sum(one.ntotal for one in self._segments)

    def rows_from(self, start: int) -> Vectors:  # noqa: D102
        rows = [np.zeros((0, self.dimension), np.float32)]
        for segment, first in self._placed():
            if start < first + segment.ntotal:
                rows.append(self._halves(segment)[max(start - first, 0) :].astype(np.float32))
        return np.concatenate(rows)

    def replace_from(self, start: int, vectors: Vectors) -> None:  # noqa: D102
        if start < len(self):
            self.keep(np.arange(start))
        while len(vectors):
            if not self._segments or self._segments[-1].ntotal >= _CHUNK:
                self._segments.append(self._empty())
            room = _CHUNK - self._segments[-1].ntotal
            self._segments[-1].add(np.ascontiguousarray(vectors[:room], np.float32))
            vectors = vectors[room:]

    def keep(self, kept: Integers) -> None:  # noqa: D102
        for segment, first in self._placed():
            count = segment.ntotal
            low, high = np.searchsorted(kept, (first, first + count))
            if high - low < count:
                compact(self._halves(segment), kept[low:high] - first)
                segment.remove_ids(self._faiss.IDSelectorRange(int(high - low), count))
        self._segments = [one for one in self._segments if one.ntotal]

    def chunks(self, rows: slice) -> Iterator[slice]:  # noqa: D102
        for segment, first in self._placed():
            start, stop = max(rows.start, first), min(rows.stop, first + segment.ntotal)
            if start < stop:
                yield slice(start, stop)

    def nearest(self, query: Vectors, rows: slice, count: int) -> tuple[Vectors, Integers]:  # noqa: D102
        segment, first = next(
            (one, first) for one, first in self._placed() if rows.start < first + one.ntotal
        )
        wanted = self._faiss.IDSelectorRange(rows.start - first, rows.stop - first)
        asked = self._faiss.SearchParameters(sel=wanted)
        self._faiss.omp_set_num_threads(1)  # of this thread: others compare other chunks
        similar, places = segment.search(query[None], count, params=asked)
        found = places[0] >= 0  # there may be fewer than were asked for
        return similar[0, found], first + places[0, found]

    def _empty(self) -> Any:  # noqa: ANN401  (FAISS has no types)
        faiss = self._faiss
        kind, metric = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        return faiss.IndexScalarQuantizer(self.dimension, kind, metric)

    def _placed(self) -> list[tuple[Any, int]]:
        """The segments, and the place of the first row of each."""
        ends = accumulate((one.ntotal for one in self._segments), initial=0)
        return list(zip(self._segments, ends, strict=False))

    def _halves(self, segment: Any) -> npt.NDArray[np.float16]:  # noqa: ANN401
        """The memory that FAISS holds, shape (n, d)."""
        codes = segment.codes
        held = self._faiss.rev_swig_ptr(codes.data(), codes.size()).view(np.float16)
        halves: npt.NDArray[np.float16] = held.reshape(-1, self.dimension)
        return halves


def with_room(rows: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    """Return rows with room for so many; if they must be moved, for twice as many as before."""
    if count <= len(rows):
        return rows
    room = len(rows)
    while room < count:
        room *= 2
    larger = np.zeros((room, *rows.shape[1:]), rows.dtype)
    larger[: len(rows)] = rows
    return larger


def compact(rows: npt.NDArray[Any], kept: Integers) -> None:
    """Move rows to the front, in place, and overwrite what is then behind the last.

    Args:
        rows: Any.
        kept: Places of those that are moved, which grow.
    """
    moved = kept != np.arange(len(kept))
    first = int(np.argmax(moved)) if moved.any() else len(kept)
    rows[first : len(kept)] = rows[kept[first:]]
    rows[len(kept) :] = 0
