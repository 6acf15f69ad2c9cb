"""Neighbours found in tiles are those of the whole matrix."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from passerby.matching import neighbours
from passerby.matching.neighbours import neighbours_of


def points(count: int, *, whole: bool) -> np.ndarray:
    drawn = np.random.default_rng(0).normal(size=(count, 4))
    return (np.rint(drawn) if whole else drawn).astype(np.float32)


@pytest.mark.parametrize("tile", [1000, 400, 100, 33, 7])
@pytest.mark.parametrize("whole", [False, True])
def test_they_are_those_of_the_whole_matrix(
    monkeypatch: pytest.MonkeyPatch, tile: int, whole: bool
) -> None:
    monkeypatch.setattr(neighbours, "TILE", tile)
    features = points(450, whole=whole)
    matrix = cdist(features, features, "sqeuclidean")
    found = neighbours_of(features, 21, 120)
    # of equally near ones, which are many among whole numbers, the first come first
    np.testing.assert_array_equal(found.nearest, np.argsort(matrix, kind="stable")[:, :21])
    np.testing.assert_allclose(found.farthest, matrix.max(axis=1), rtol=1e-5)
    np.testing.assert_allclose(found.asked, matrix[:120, 120:], rtol=1e-3, atol=1e-5)


def test_as_many_neighbours_as_there_are_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "TILE", 3)
    features = points(8, whole=False)
    found = neighbours_of(features, 8, 2)
    wanted = np.argsort(cdist(features, features), kind="stable")
    np.testing.assert_array_equal(found.nearest, wanted)
