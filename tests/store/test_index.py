"""The index finds what a slow loop finds, and holds what the store has."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.conftest import NOON, ORIGIN, frame, vector

from passerby.errors import ConfigError
from passerby.store import index as index_module
from passerby.store.erasure import erase_tracks
from passerby.store.index import FoundSignatures, SignatureIndex
from passerby.store.reading import StoredSignatures, camera_numbers
from passerby.store.store import Store
from passerby.store.write_batch import WriteBatch

DIMENSION = 8


def signatures(count: int, seed: int = 0, first: int = 1, late: int = 100) -> StoredSignatures:
    chance = np.random.default_rng(seed)
    return StoredSignatures(
        numbers=np.arange(first, first + count),
        tracks=chance.integers(1, 6, count),
        cameras=chance.integers(1, 4, count),
        at=chance.integers(0, late, count),
        qualities=np.ones(count),
        vectors=chance.integers(-3, 4, (count, DIMENSION)).astype(np.float32),
    )


def joined(parts: list[StoredSignatures]) -> StoredSignatures:
    names = ("numbers", "tracks", "cameras", "at", "qualities", "vectors")
    return StoredSignatures(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    )


def looped(
    everything: StoredSignatures,
    query: np.ndarray,
    count: int,
    cameras: set[int],
    since: int,
    until: int,
    gone: set[int],
) -> list[int]:
    """Numbers of the most similar signatures, found one by one."""
    found = []
    for row in range(len(everything.numbers)):
        if everything.tracks[row] in gone or everything.cameras[row] not in cameras:
            continue
        if not since <= everything.at[row] < until:
            continue
        one = everything.vectors[row].astype(np.float64)
        length = np.sqrt((one * one).sum() * (query * query).sum())
        similar = (one * query).sum() / length if length else 0.0
        found.append((-round(similar, 5), int(everything.numbers[row])))
    return [number for _, number in sorted(found)[:count]]


@given(
    counts=st.lists(st.integers(1, 40), min_size=1, max_size=4),
    seed=st.integers(0, 9),
    wanted=st.integers(1, 12),
    stretch=st.tuples(st.integers(0, 100), st.integers(0, 100)),
    cameras=st.sets(st.integers(1, 4), min_size=1),
    gone=st.sets(st.integers(1, 6)),
)
def test_it_finds_what_a_slow_loop_finds(
    counts: list[int],
    seed: int,
    wanted: int,
    stretch: tuple[int, int],
    cameras: set[int],
    gone: set[int],
) -> None:
    index = SignatureIndex("m")
    index._names = {str(number): number for number in range(1, 5)}
    parts, first = [], 1
    for step, count in enumerate(counts):
        parts.append(signatures(count, seed + step, first))
        index.add(parts[-1])
        first += count
    index.remove(gone)
    query = np.random.default_rng(seed).normal(size=DIMENSION)
    found = index.search(
        query.astype(np.float32),
        wanted,
        cameras={str(camera) for camera in cameras},
        since=stretch[0],
        until=stretch[1],
    )
    index.close()
    everything = joined(parts)
    expected = looped(everything, query, wanted, cameras, *stretch, gone)
    similar = {round(float(one), 4) for one in found.similarities}
    assert len(found.numbers) == len(expected)
    assert list(found.similarities) == sorted(found.similarities, reverse=True)
    # Of nearly equal ones, either is right.
    for number in set(found.numbers.tolist()) ^ set(expected):
        row = int(np.flatnonzero(everything.numbers == number)[0])
        one = everything.vectors[row]
        length = np.linalg.norm(one) * np.linalg.norm(query)
        assert round(float(one @ query / length if length else 0), 4) in similar


def test_labels_go_with_their_signatures() -> None:
    everything = signatures(300)
    index = SignatureIndex("m")
    index.add(everything)
    assert len(index) == 300
    found = index.search(everything.vectors[7], 300)
    assert sorted(found.numbers) == sorted(everything.numbers)
    rows = found.numbers - 1
    for name in ("tracks", "cameras", "at"):
        assert np.array_equal(getattr(found, name), getattr(everything, name)[rows])
    index.close()


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    everything, query = signatures(500), vector(3, DIMENSION)

    def found() -> FoundSignatures:
        index = SignatureIndex("m")
        index.add(everything)
        try:
            return index.search(query, 20)
        finally:
            index.close()

    whole = found()
    monkeypatch.setattr(index_module, "_CHUNK", 7)
    parts = found()
    assert np.array_equal(whole.numbers, parts.numbers)
    assert np.array_equal(whole.similarities, parts.similarities)


def test_what_is_removed_is_overwritten_in_memory() -> None:
    everything = signatures(50)
    index = SignatureIndex("m")
    index.add(everything)
    index.remove(range(6))
    assert len(index) == 0
    assert all(
        not block._vectors.any() and not block._labels.any() for block in index._blocks.values()
    )
    index.close()


@pytest.mark.parametrize(
    ("query", "said"),
    [(np.zeros(DIMENSION), "zeros"), (np.ones(3), "3 numbers, the signatures 8")],
)
def test_queries_that_cannot_be(query: np.ndarray, said: str) -> None:
    index = SignatureIndex("m")
    index.add(signatures(5))
    with pytest.raises(ConfigError, match=said):
        index.search(query.astype(np.float32), 3)
    index.close()


def add_track(store: Store, camera: str, at: int, *seeds: int) -> int:
    batch = WriteBatch()
    track = batch.begin_track(camera, at, "follow")
    for step, seed in enumerate(seeds):
        batch.add_signature(track, at + step, vector(seed), frame(), ORIGIN, 1)
    store.add(batch)
    return track


def test_it_follows_the_store(store: Store, opened: Callable[..., Store]) -> None:
    hall = add_track(store, "hall", NOON, 1, 2)
    index = SignatureIndex.of(store, ORIGIN.model_sha256)
    assert len(index) == 2
    door = add_track(store, "door", NOON - 9, 3)
    late = add_track(store, "hall", NOON - 5, 4)
    index.refresh(store)
    assert index.search(vector(3), 1).tracks.tolist() == [door]
    assert index.search(vector(4), 1, cameras=["hall"]).tracks.tolist() == [late]
    assert index.search(vector(3), 9, cameras=["hall"], until=NOON).tracks.tolist() == [late]
    assert index.search(vector(3), 9, cameras=["nowhere"]).tracks.tolist() == []
    names = camera_numbers(store)
    assert index.search(vector(3), 1).cameras.tolist() == [names["door"]]
    erase_tracks(opened(), [hall, door], "officer", "request")
    index.refresh(store)
    assert index.search(vector(3), 9).tracks.tolist() == [late]
    again = SignatureIndex.of(store, ORIGIN.model_sha256)
    assert again.search(vector(3), 9).tracks.tolist() == [late]
    index.close()
    again.close()
