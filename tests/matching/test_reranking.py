"""Sparse re-ranking gives what the dense formulas of the paper give."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy.spatial.distance import cdist

from passerby.errors import InputError
from passerby.matching import neighbours
from passerby.matching.reranking import Reranking, rerank


def by_definition(
    features: npt.NDArray[np.float32], queries: int, settings: Reranking, power: int = 2
) -> npt.NDArray[np.float64]:
    """Zhong et al. 2017, sections 3.2 to 3.5, with sets and dense vectors."""
    distances = cdist(features, features) ** power
    distances /= distances.max(axis=1, keepdims=True)
    ranking = np.argsort(distances, kind="stable")
    everybody = range(len(features))

    def reciprocal(one: int, k: int) -> set[int]:
        nearest = set(ranking[one, : k + 1].tolist())
        return {other for other in nearest if one in ranking[other, : k + 1]}

    encoding = np.zeros_like(distances)
    for one in everybody:
        near = reciprocal(one, settings.k1)
        expanded = set(near)
        for other in near:
            more = reciprocal(other, round(settings.k1 / 2))
            if len(near & more) > 2 / 3 * len(more):
                expanded |= more
        chosen = sorted(expanded)
        weights = np.exp(-distances[one, chosen])
        encoding[one, chosen] = weights / weights.sum()
    encoding = np.array([encoding[ranking[one, : settings.k2]].mean(axis=0) for one in everybody])
    least = np.array([np.minimum(one, encoding).sum(axis=1) for one in encoding[:queries]])
    jaccard = 1 - least / (2 - least)
    share = settings.original_weight
    final = (1 - share) * jaccard + share * distances[:queries]
    return np.asarray(final[:, queries:])


def crowd(seed: int, count: int = 150) -> npt.NDArray[np.float32]:
    random = np.random.default_rng(seed)
    centres = random.normal(size=(12, 16))
    scattered = centres[random.integers(0, 12, count)] + 0.6 * random.normal(size=(count, 16))
    return scattered.astype(np.float32)


@pytest.mark.parametrize(
    "settings",
    [Reranking(), Reranking(7, 3, 0.1), Reranking(5, 1, 0.0), Reranking(2, 2, 1.0)],
    ids=str,
)
@pytest.mark.parametrize("tile", [4096, 37])
def test_it_is_the_papers(settings: Reranking, tile: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "TILE", tile)
    features = crowd(seed=settings.k1)
    found, wanted = rerank(features, 40, settings), by_definition(features, 40, settings)
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    nearest = np.argsort(wanted, axis=1)[:, :10]
    np.testing.assert_array_equal(np.argsort(found, axis=1)[:, :10], nearest)


def test_it_compares_squared_distances_and_not_their_squares() -> None:
    features, settings = crowd(0), Reranking()
    found = rerank(features, 40, settings)
    assert np.abs(found - by_definition(features, 40, settings, power=2)).max() < 1e-6
    # By the fourth power, as some libraries do, or the first, it differs by more than rounding.
    for power in (4, 1):
        assert np.abs(found - by_definition(features, 40, settings, power)).max() > 1e-2


def test_too_few_images_and_equal_signatures_are_refused() -> None:
    with pytest.raises(InputError, match="k1=20 needs more than 20 images: lower k1"):
        rerank(crowd(0, 20), 5, Reranking())
    with pytest.raises(InputError, match="needs signatures that differ"):
        rerank(np.ones((30, 4), np.float32), 5, Reranking())
