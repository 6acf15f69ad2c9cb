"""Figures from places, compared with the mean over every order that ties allow."""

from itertools import pairwise, permutations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import auc, average_precision_score, precision_recall_curve

from passerby.evaluate.reid.matches import Pairs
from passerby.evaluate.reid.ranking import MatchPlaces, Ties, places_in

RANKS = 8


def ties_of(distances: list[float], right: list[bool]) -> Ties:
    columns = np.flatnonzero(right)
    block = np.array([distances], np.float32)
    return Ties.of(places_in(block, Pairs(np.zeros(len(columns), np.intp), columns)), 1)


def figures(ties: Ties) -> list[float]:
    return [
        *ties.average_precision(),
        *ties.average_precision_trapezoid(),
        *ties.inverse_negative_penalty(),
        *ties.first_rank(),
        *ties.matched(RANKS)[0],
    ]


def by_definition(ranking: list[bool]) -> list[float]:
    """The figures of one order of the gallery, place by place."""
    precisions, trapezia, hits, place_of = [], [], 0, []
    for place, right in enumerate(ranking, 1):
        before = hits / (place - 1) if place > 1 else 1.0
        hits += right
        if right:
            precisions.append(hits / place)
            trapezia.append((before + hits / place) / 2)
            place_of.append(place)
    curve = [float(place_of[0] <= rank) for rank in range(1, RANKS + 1)]
    mean = float(np.mean(precisions)), float(np.mean(trapezia))
    return [*mean, hits / place_of[-1], float(place_of[0]), *curve]


def expected(distances: list[float], right: list[bool]) -> npt.NDArray[np.float64]:
    """The mean of the figures over all orders in which no image comes before a nearer one."""
    orders = [
        order
        for order in permutations(range(len(distances)))
        if all(distances[a] <= distances[b] for a, b in pairwise(order))
    ]
    return np.mean([by_definition([right[one] for one in order]) for order in orders], axis=0)


images = st.lists(
    st.tuples(st.sampled_from([0.0, 1.0, 2.0]), st.booleans()), min_size=1, max_size=6
)


@given(images.filter(lambda one: any(right for _, right in one)))
def test_ties_count_as_the_mean_over_every_order(gallery: list[tuple[float, bool]]) -> None:
    distances, right = [one for one, _ in gallery], [one for _, one in gallery]
    np.testing.assert_allclose(figures(ties_of(distances, right)), expected(distances, right))


@pytest.mark.parametrize("seed", range(5))
def test_both_conventions_agree_with_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    distances = random.permutation(200) / 200
    right = random.random(200) < 0.1
    right[seed] = True
    ties = ties_of(distances.tolist(), right.tolist())
    precision, recall, _ = precision_recall_curve(right, -distances)
    np.testing.assert_allclose(
        ties.average_precision(), average_precision_score(right, -distances), rtol=1e-12
    )
    np.testing.assert_allclose(
        ties.average_precision_trapezoid(), auc(recall, precision), rtol=1e-12
    )


def test_a_case_by_hand() -> None:
    # wrong, right, wrong, right: precision 1/2 and 2/4, before them 0/1 and 1/3
    ties = ties_of([1, 2, 3, 4], [False, True, False, True])
    np.testing.assert_allclose(ties.average_precision(), (1 / 2 + 2 / 4) / 2)
    np.testing.assert_allclose(
        ties.average_precision_trapezoid(), ((0 + 1 / 2) / 2 + (1 / 3 + 2 / 4) / 2) / 2
    )
    np.testing.assert_allclose(ties.inverse_negative_penalty(), 2 / 4)
    np.testing.assert_allclose(ties.first_rank(), 2)
    np.testing.assert_allclose(ties.matched(3), [[0, 1, 1]])


def test_a_large_tie_is_exactly_chance() -> None:
    n, r = 5_000, 10
    ties = ties_of([0.5] * n, [place < r for place in range(n)])
    np.testing.assert_allclose(ties.matched(2)[0, 0], r / n)
    np.testing.assert_allclose(ties.first_rank(), (n + 1) / (r + 1))
    places = np.arange(1, n + 1)
    precision = (1 + (places - 1) * (r - 1) / (n - 1)) / places
    np.testing.assert_allclose(ties.average_precision(), precision.mean())


def test_queries_without_a_match_have_no_figure() -> None:
    places = MatchPlaces(np.array([0, 2]), np.array([0, 1]), np.array([1, 1]))
    ties = Ties.of(places, 4)
    for found in (
        ties.average_precision(),
        ties.average_precision_trapezoid(),
        ties.inverse_negative_penalty(),
        ties.first_rank(),
        ties.matched(2)[:, 1],
    ):
        assert np.isnan(found).tolist() == [False, True, False, True]


def test_a_curve_longer_than_the_gallery_stays_at_one() -> None:
    assert ties_of([1, 2], [False, True]).matched(5).tolist() == [[0, 1, 1, 1, 1]]


def test_places_count_what_is_nearer_and_what_is_as_near() -> None:
    block = np.array([[1, 1, 2, np.inf], [3, 0, 3, 3]], np.float32)
    found = places_in(block, Pairs(np.array([0, 0, 1]), np.array([1, 2, 0])))
    assert found.nearer.tolist() == [0, 2, 1]
    assert found.tied.tolist() == [2, 1, 3]
