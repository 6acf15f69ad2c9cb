"""Distances are SciPy's, and equal signatures are equally far."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from passerby.matching import distances as module
from passerby.matching.distances import Distances, blocks, squared_lengths
from passerby.signatures import signatures

NAMES = {"cosine": "cosine", "euclidean": "euclidean", "squared_euclidean": "sqeuclidean"}
RANDOM = np.random.default_rng(0)
QUERY = RANDOM.normal(size=(7, 5)).astype(np.float32)
GALLERY = RANDOM.normal(size=(23, 5)).astype(np.float32)
ALL = slice(0, 7)


@pytest.mark.parametrize("name", NAMES)
def test_they_agree_with_scipy(name: str) -> None:
    made = Distances(QUERY, GALLERY, name)  # type: ignore[arg-type]
    assert made.shape == (7, 23)
    np.testing.assert_allclose(made[ALL], cdist(QUERY, GALLERY, NAMES[name]), atol=1e-5)
    np.testing.assert_array_equal(made[2:5], made[ALL][2:5])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.int8])
def test_any_precision_is_taken(name: str, dtype: type) -> None:
    query, gallery = (10 * QUERY).astype(dtype), (10 * GALLERY).astype(dtype)
    wanted = cdist(query.astype(float), gallery.astype(float), NAMES[name])
    np.testing.assert_allclose(Distances(query, gallery, name)[ALL], wanted, rtol=1e-4, atol=1e-4)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_none_is_negative_or_beyond_the_limit(name: str) -> None:
    both = np.concatenate([1000 + QUERY, -1000 - QUERY])
    made = Distances(both, both, name)  # type: ignore[arg-type]
    block = made[: len(both)]
    assert block.min() >= 0
    assert block.max() <= made.limit * (1 + 1e-5)
    assert block.max() > made.limit / 2


@pytest.mark.parametrize("name", NAMES)
def test_equal_signatures_are_equally_far_bit_for_bit(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signatures, "CHUNK", 16)
    number = RANDOM.integers(0, 5, 203)
    features = RANDOM.normal(size=(5, 67)).astype(np.float32)
    block = Distances(RANDOM.normal(size=(9, 67)), features[number], name)[0:9]  # type: ignore[arg-type]
    assert [len(set(row.tolist())) for row in block] == [5] * 9
    wanted = cdist(features, features, NAMES[name])
    itself = Distances(features, features[number], name)[0:5]  # type: ignore[arg-type]
    np.testing.assert_allclose(itself, wanted[:, number], atol=2e-2)


def test_zero_and_minus_zero_are_the_same() -> None:
    gallery = np.array([[0.0, 1.0], [-0.0, 1.0]])
    made = Distances(gallery, gallery, "euclidean")
    assert made[0:2].tolist() == [[0, 0], [0, 0]]


def test_a_signature_of_zeros_is_neither_near_nor_far_by_cosine() -> None:
    gallery = np.array([[0.0, 0.0], [1.0, 1.0]])
    block = Distances(gallery, gallery, "cosine")[0:2]
    np.testing.assert_allclose(block, [[1, 1], [1, 0]], atol=1e-6)


def test_blocks_cover_all_queries_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_BYTES", 3 * 4 * 23)
    made = Distances(QUERY, GALLERY, "cosine")
    found = list(blocks(made))
    assert [rows for rows, _ in found] == [slice(0, 3), slice(3, 6), slice(6, 7)]
    np.testing.assert_allclose(np.concatenate([block for _, block in found]), made[ALL], atol=1e-6)
    monkeypatch.setattr(module, "BLOCK_BYTES", 1)
    assert len(list(blocks(made))) == 7


def test_squared_lengths_are_summed_in_double_precision() -> None:
    features = np.full((2, 100_000), 0.1, np.float32)
    np.testing.assert_allclose(squared_lengths(features), 100_000 * float(np.float32(0.1)) ** 2)
