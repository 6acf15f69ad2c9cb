"""The index of signatures: a block for each camera, in order of time, in memory.

All that are asked for are compared, exactly or in half precision: no guess skips any. A stretch of
time is a slice of a block, and to erase a track is to close the gap that it leaves.
The index holds nothing that the store does not have: it is built from it, at any time.
"""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError
from passerby.store.erasure import erased_since
from passerby.store.reading import StoredSignatures, camera_numbers, stored_signatures
from passerby.store.store import Store
from passerby.store.vector_rows import (
    IndexPrecision,
    Integers,
    VectorRows,
    Vectors,
    compact,
    empty_rows,
    with_room,
)

__all__ = ["FoundSignatures", "SignatureIndex"]

_FIRST = 1024
"""Signatures that there is room for in a new block."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundSignatures:
    """The signatures most similar to one, the most similar first.

    Attributes:
        similarities: Shape (k,), cosine of the angle, -1 to 1.
        numbers: Shape (k,), of the signatures.
        tracks: Shape (k,), whose.
        cameras: Shape (k,), numbers of cameras.
        at: Shape (k,), microseconds of UTC.
    """

    similarities: npt.NDArray[np.float32]
    numbers: Integers
    tracks: Integers
    cameras: Integers
    at: Integers


class SignatureIndex:
    """The signatures that one network made of what the store has.

    One thread may change it while none searches.

    Args:
        model_sha256: Hash of the network's file.
        threads: That compare at the same time.
        precision: How the signatures are held in memory.

    Raises:
        ConfigError: If that needs a package that is missing.
    """

    def __init__(
        self, model_sha256: str, *, threads: int = 2, precision: IndexPrecision = "exact"
    ) -> None:
        empty_rows(precision, 1)  # so that what is missing is told at once
        self._model, self._precision = model_sha256, precision
        self._blocks: dict[int, _Block] = {}
        self._names: dict[str, int] = {}
        self._last_signature = self._last_erasure = 0
        self._pool = ThreadPoolExecutor(threads)

    @classmethod
    def of(
        cls,
        store: Store,
        model_sha256: str,
        *,
        threads: int = 2,
        precision: IndexPrecision = "exact",
    ) -> Self:
        """Build it from a store."""
        index = cls(model_sha256, threads=threads, precision=precision)
        index.refresh(store)
        return index

    def __len__(self) -> int:
        """How many signatures it has."""
        return sum(len(block) for block in self._blocks.values())

    def refresh(self, store: Store) -> None:
        """Take what was added to the store since, and let go of what was erased."""
        for part in stored_signatures(store, self._model, after=self._last_signature):
            self.add(part)
        self._names = camera_numbers(store)
        self._last_erasure, erased = erased_since(store, self._last_erasure)
        self.remove(erased)

    def add(self, signatures: StoredSignatures) -> None:
        """Take signatures; those that are longer or shorter are brought to length 1."""
        lengths = np.linalg.norm(signatures.vectors, axis=1, keepdims=True)
        vectors = signatures.vectors / np.where(lengths > 0, lengths, 1)
        for camera in np.unique(signatures.cameras).tolist():
            its = signatures.cameras == camera
            if camera not in self._blocks:
                self._blocks[camera] = _Block(empty_rows(self._precision, vectors.shape[1]))
            labels = np.column_stack([signatures.tracks, signatures.numbers])
            self._blocks[camera].add(signatures.at[its], labels[its], vectors[its])
        self._last_signature = max(self._last_signature, int(signatures.numbers.max(initial=0)))

    def remove(self, tracks: Collection[int]) -> None:
        """Let go of all that belongs to tracks; what was in memory is overwritten."""
        if tracks:
            for block in self._blocks.values():
                block.remove(np.fromiter(tracks, np.int64))

    def search(
        self,
        query: Vectors,
        count: int,
        *,
        cameras: Collection[str] | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> FoundSignatures:
        """Find the signatures most similar to one.

        Of equal ones, those with lower numbers are found; in half the memory, any of them.

        Args:
            query: Shape (d,).
            count: How many, k; fewer are found if there are fewer.
            cameras: Names of the cameras to search; by default all.
            since: Only those of that time or later, microseconds of UTC.
            until: Only those before that time.

        Raises:
            ConfigError: If the query is not as long as the signatures, or 0 in length.
        """
        length = np.linalg.norm(query)
        if not length > 0:
            raise ConfigError("a signature of zeros is like no other: describe the picture again")
        wanted = set(self._blocks) if cameras is None else {self._names.get(c) for c in cameras}
        blocks = {camera: block for camera, block in self._blocks.items() if camera in wanted}
        for block in blocks.values():
            block.check(query)
        unit = (query / length).astype(np.float32)
        work = [
            (camera, block, rows)
            for camera, block in blocks.items()
            for rows in block.chunks(since, until)
        ]
        parts = list(self._pool.map(lambda one: one[1].nearest(unit, one[2], count), work))
        return _merged([camera for camera, _, _ in work], parts, count)

    def close(self) -> None:
        """End its threads."""
        self._pool.shutdown()


class _Block:
    """Signatures of one camera in order of time."""

    def __init__(self, rows: VectorRows) -> None:
        self._times = np.zeros(_FIRST, np.int64)
        self._labels = np.zeros((_FIRST, 2), np.int64)  # track, number
        self._vectors = rows

    def __len__(self) -> int:
        return len(self._vectors)

    def check(self, query: Vectors) -> None:
        if query.shape != (self._vectors.dimension,):
            raise ConfigError(
                f"a query has {query.size} numbers, the signatures {self._vectors.dimension}: "
                "describe the picture with the same network"
            )

    def add(self, times: Integers, labels: Integers, vectors: Vectors) -> None:
        """Put them in where their times belong; that is at the end, but for late ones."""
        count = len(self)
        start = int(np.searchsorted(self._times[:count], times.min(), "right"))
        end = count + len(times)
        tail = np.concatenate([self._times[start:count], times])
        order = np.argsort(tail, kind="stable")
        self._times = with_room(self._times, end)
        self._times[start:end] = tail[order]
        later = np.concatenate([self._labels[start:count], labels])
        self._labels = with_room(self._labels, end)
        self._labels[start:end] = later[order]
        vectors = np.concatenate([self._vectors.rows_from(start), vectors])
        self._vectors.replace_from(start, vectors[order])

    def remove(self, tracks: Integers) -> None:
        """Close the gaps that tracks leave."""
        count = len(self)
        kept = np.flatnonzero(~np.isin(self._labels[:count, 0], tracks))
        compact(self._times[:count], kept)
        compact(self._labels[:count], kept)
        self._vectors.keep(kept)

    def chunks(self, since: int | None, until: int | None) -> Iterator[slice]:
        """The rows of a stretch of time, shared out among threads."""
        times = self._times[: len(self)]
        start = 0 if since is None else int(np.searchsorted(times, since, "left"))
        end = len(self) if until is None else int(np.searchsorted(times, until, "left"))
        return self._vectors.chunks(slice(start, end))

    def nearest(self, query: Vectors, rows: slice, count: int) -> tuple[Vectors, Integers]:
        """Similarities, and times, tracks and numbers, shape (n, 3), of the best of some rows."""
        similar, places = self._vectors.nearest(query, rows, count)
        return similar, np.column_stack([self._times[places], self._labels[places]])


def _merged(
    cameras: Sequence[int], parts: Sequence[tuple[Vectors, Integers]], count: int
) -> FoundSignatures:
    """The best of what was found in all chunks; labels have the shape (n, 3)."""
    lengths = [len(similar) for similar, _ in parts]
    similar = np.concatenate([np.empty(0, np.float32), *(one for one, _ in parts)])
    labels = np.concatenate([np.empty((0, 3), np.int64), *(one for _, one in parts)])
    whose = np.repeat(np.array(cameras, np.int64), lengths)
    at, tracks, numbers = labels.T
    best = np.lexsort((numbers, -similar))[: max(count, 0)]
    return FoundSignatures(similar[best], numbers[best], tracks[best], whose[best], at[best])
