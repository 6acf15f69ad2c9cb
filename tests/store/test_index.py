"""The index finds what a slow loop finds, and holds what the store has."""

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.conftest import NOON, ORIGIN, frame, vector

from passerby.errors import ConfigError
from passerby.store import vector_rows
from passerby.store.erasure import erase_tracks
from passerby.store.index import FoundSignatures, SignatureIndex
from passerby.store.reading import StoredSignatures, camera_numbers
from passerby.store.store import Store
from passerby.store.vector_rows import ExactRows, HalfRows, IndexPrecision
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


@pytest.fixture(params=["exact", "half"])
def precision(request: pytest.FixtureRequest) -> IndexPrecision:
    if request.param == "half":
        pytest.importorskip("faiss", reason="the extra `faiss` is not installed")
    return request.param


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


@given(
    counts=st.lists(st.integers(1, 40), min_size=1, max_size=4),
    seed=st.integers(0, 9),
    wanted=st.integers(1, 12),
    stretch=st.tuples(st.integers(0, 100), st.integers(0, 100)),
    cameras=st.sets(st.sampled_from(["1", "2", "3", "4"]), min_size=1),
    gone=st.sets(st.integers(1, 6)),
    segment=st.integers(1, 30),
)
def test_half_the_memory_finds_the_same(
    counts: list[int],
    seed: int,
    wanted: int,
    stretch: tuple[int, int],
    cameras: set[str],
    gone: set[int],
    segment: int,
) -> None:
    """All but the order of those that are alike to three digits."""
    pytest.importorskip("faiss", reason="the extra `faiss` is not installed")
    indexes = [SignatureIndex("m", precision=one) for one in ("exact", "half")]
    query = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    similar: dict[int, float] = {}
    with patch.object(vector_rows, "_CHUNK", segment):
        for index in indexes:
            index._names = {str(number): number for number in range(1, 5)}
            first = 1
            for step, count in enumerate(counts):
                part = signatures(count, seed + step, first)
                index.add(part)
                lengths = np.linalg.norm(part.vectors, axis=1) * np.linalg.norm(query)
                cosines = (part.vectors @ query) / np.where(lengths > 0, lengths, 1)
                similar |= zip(part.numbers.tolist(), cosines.tolist(), strict=True)
                first += count
                index.remove(gone if step == 0 else ())
            index.remove(gone)
    asked = {"cameras": cameras, "since": stretch[0], "until": stretch[1]}
    exact, half = (index.search(query, wanted, **asked) for index in indexes)
    everything = exact_labels(indexes[0], query, asked)
    for index in indexes:
        index.close()
    np.testing.assert_allclose(half.similarities, exact.similarities, atol=2e-3)
    assert len(set(half.numbers.tolist())) == len(half.numbers)
    for number, track, camera, at, found in zip(
        half.numbers, half.tracks, half.cameras, half.at, half.similarities, strict=True
    ):
        assert everything[number] == (track, camera, at)
        assert found == pytest.approx(similar[number], abs=2e-3)


def exact_labels(
    index: SignatureIndex, query: np.ndarray, asked: dict[str, Any]
) -> dict[int, tuple[int, int, int]]:
    """Whose, where and when is every signature that may be found, by its number."""
    found = index.search(query, len(index) + 1, **asked)
    labels = zip(found.tracks, found.cameras, found.at, strict=True)
    return dict(zip(found.numbers.tolist(), labels, strict=True))


def test_labels_go_with_their_signatures(precision: IndexPrecision) -> None:
    everything = signatures(300)
    index = SignatureIndex("m", precision=precision)
    index.add(everything)
    assert len(index) == 300
    found = index.search(everything.vectors[7], 300)
    assert sorted(found.numbers) == sorted(everything.numbers)
    rows = found.numbers - 1
    for name in ("tracks", "cameras", "at"):
        assert np.array_equal(getattr(found, name), getattr(everything, name)[rows])
    index.close()


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch, precision: IndexPrecision) -> None:
    everything, query = signatures(500), vector(3, DIMENSION)
    if precision == "half":  # of equal ones, any may be found
        noise = np.random.default_rng(1).normal(size=everything.vectors.shape)
        everything = replace(everything, vectors=noise.astype(np.float32))

    def found() -> FoundSignatures:
        index = SignatureIndex("m", precision=precision)
        index.add(everything)
        try:
            return index.search(query, 20)
        finally:
            index.close()

    whole = found()
    monkeypatch.setattr(vector_rows, "_CHUNK", 7)
    parts = found()
    assert np.array_equal(whole.numbers, parts.numbers)
    assert np.array_equal(whole.similarities, parts.similarities)


def test_what_is_removed_is_overwritten_in_memory() -> None:
    everything = signatures(50)
    index = SignatureIndex("m")
    index.add(everything)
    index.remove(range(6))
    assert len(index) == 0
    for block in index._blocks.values():
        assert isinstance(block._vectors, ExactRows)
        held = block._vectors._vectors, block._labels, block._times
        assert not any(one.any() for one in held)
    index.close()


def test_what_is_removed_is_overwritten_in_half_the_memory() -> None:
    pytest.importorskip("faiss", reason="the extra `faiss` is not installed")
    rows = HalfRows(DIMENSION)
    rows.replace_from(0, np.full((50, DIMENSION), 0.25, np.float32))
    held = rows._halves(rows._segments[0])  # what FAISS does not give back when it holds less
    rows.keep(np.arange(0, 50, 5))
    assert len(rows) == 10
    assert (held[:10] == 0.25).all()
    assert not held[10:].any()


def test_without_faiss_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    message = r"needs faiss: run `pip install 'passerby\[faiss\]'`"
    with pytest.raises(ConfigError, match=message):
        SignatureIndex("m", precision="half")


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
