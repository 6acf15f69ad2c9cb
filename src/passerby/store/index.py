"""The exact index of signatures: a block for each camera, in order of time, in memory.

A stretch of time is a slice of a block, and to erase a track is to close the gap that it leaves.
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

__all__ = ["FoundSignatures", "SignatureIndex"]

_CHUNK = 16_384
"""Signatures that one thread compares at a time."""
_FIRST = 1024
"""Signatures that there is room for in a new block."""

_Numbers = npt.NDArray[np.int64]
_Vectors = npt.NDArray[np.float32]


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
    numbers: _Numbers
    tracks: _Numbers
    cameras: _Numbers
    at: _Numbers


class SignatureIndex:
    """The signatures that one network made of what the store has.

    One thread may change it while none searches.

    Args:
        model_sha256: Hash of the network's file.
        threads: That compare at the same time.
    """

    def __init__(self, model_sha256: str, *, threads: int = 2) -> None:
        self._model = model_sha256
        self._blocks: dict[int, _Block] = {}
        self._names: dict[str, int] = {}
        self._last_signature = self._last_erasure = 0
        self._pool = ThreadPoolExecutor(threads)

    @classmethod
    def of(cls, store: Store, model_sha256: str, *, threads: int = 2) -> Self:
        """Build it from a store."""
        index = cls(model_sha256, threads=threads)
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
            block = self._blocks.setdefault(camera, _Block(vectors.shape[1]))
            labels = np.stack([signatures.at, signatures.tracks, signatures.numbers])
            block.add(labels[:, its], vectors[its])
        self._last_signature = max(self._last_signature, int(signatures.numbers.max(initial=0)))

    def remove(self, tracks: Collection[int]) -> None:
        """Let go of all that belongs to tracks; what was in memory is overwritten."""
        if tracks:
            for block in self._blocks.values():
                block.remove(np.fromiter(tracks, np.int64))

    def search(
        self,
        query: _Vectors,
        count: int,
        *,
        cameras: Collection[str] | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> FoundSignatures:
        """Find the signatures most similar to one; of equal ones, those with lower numbers.

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
            for rows in _chunks(block.rows_of(since, until))
        ]
        parts = list(self._pool.map(lambda one: one[1].nearest(unit, one[2], count), work))
        return _merged([camera for camera, _, _ in work], parts, count)

    def close(self) -> None:
        """End its threads."""
        self._pool.shutdown()


class _Block:
    """Signatures of one camera in order of time, with room for more behind them."""

    def __init__(self, dimension: int) -> None:
        self._count = 0
        self._labels = np.zeros((3, _FIRST), np.int64)  # time, track, number
        self._vectors = np.zeros((_FIRST, dimension), np.float32)

    def __len__(self) -> int:
        return self._count

    def check(self, query: _Vectors) -> None:
        if query.shape != self._vectors.shape[1:]:
            raise ConfigError(
                f"a query has {query.size} numbers, the signatures {self._vectors.shape[1]}: "
                "describe the picture with the same network"
            )

    def add(self, labels: _Numbers, vectors: _Vectors) -> None:
        """Put them in where their times belong; that is at the end, but for late ones."""
        start = int(np.searchsorted(self._labels[0, : self._count], labels[0].min(), "right"))
        end = self._count + len(vectors)
        self._make_room(end)
        self._labels[:, self._count : end] = labels
        self._vectors[self._count : end] = vectors
        self._count = end
        order = np.argsort(self._labels[0, start:end], kind="stable")
        self._labels[:, start:end] = self._labels[:, start:end][:, order]
        self._vectors[start:end] = self._vectors[start:end][order]

    def remove(self, tracks: _Numbers) -> None:
        """Close the gaps that tracks leave, and overwrite what is then behind the last."""
        gone = np.isin(self._labels[1, : self._count], tracks)
        if not gone.any():
            return
        first = int(np.argmax(gone))
        kept = first + np.flatnonzero(~gone[first:])
        end = first + len(kept)
        self._labels[:, first:end] = self._labels[:, kept]
        self._vectors[first:end] = self._vectors[kept]
        self._labels[:, end : self._count] = 0
        self._vectors[end : self._count] = 0
        self._count = end

    def rows_of(self, since: int | None, until: int | None) -> slice:
        """The rows of a stretch of time."""
        times = self._labels[0, : self._count]
        start = 0 if since is None else int(np.searchsorted(times, since, "left"))
        end = self._count if until is None else int(np.searchsorted(times, until, "left"))
        return slice(start, end)

    def nearest(self, query: _Vectors, rows: slice, count: int) -> tuple[_Vectors, _Numbers]:
        """Similarities and labels, shape (3, n), of the best of some rows, and of their equals."""
        similar = np.vecdot(self._vectors[rows], query)
        if len(similar) > count:
            least = np.partition(similar, -count)[-count]
            best = np.flatnonzero(similar >= least)
        else:
            best = np.arange(len(similar))
        return similar[best], self._labels[:, rows.start + best]

    def _make_room(self, count: int) -> None:
        room = len(self._vectors)
        if count <= room:
            return
        while room < count:
            room *= 2
        labels = np.zeros((3, room), np.int64)
        vectors = np.zeros((room, self._vectors.shape[1]), np.float32)
        labels[:, : self._count] = self._labels[:, : self._count]
        vectors[: self._count] = self._vectors[: self._count]
        self._labels, self._vectors = labels, vectors


def _chunks(rows: slice) -> Iterator[slice]:
    for start in range(rows.start, rows.stop, _CHUNK):
        yield slice(start, min(start + _CHUNK, rows.stop))


def _merged(
    cameras: Sequence[int], parts: Sequence[tuple[_Vectors, _Numbers]], count: int
) -> FoundSignatures:
    """The best of what was found in all chunks."""
    lengths = [len(similar) for similar, _ in parts]
    similar = np.concatenate([np.empty(0, np.float32), *(one for one, _ in parts)])
    labels = np.concatenate([np.empty((3, 0), np.int64), *(one for _, one in parts)], axis=1)
    whose = np.repeat(np.array(cameras, np.int64), lengths)
    at, tracks, numbers = labels
    best = np.lexsort((numbers, -similar))[: max(count, 0)]
    return FoundSignatures(similar[best], numbers[best], tracks[best], whose[best], at[best])
