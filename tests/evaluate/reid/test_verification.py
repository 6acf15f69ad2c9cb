"""Pairs: compared with scikit-learn, and with cases made by hand."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from passerby.evaluate.reid.matches import Pairs
from passerby.evaluate.reid.verification import PairCounts, Verification


def counted(same: list[float], different: list[float], limit: float = 1.0) -> Verification:
    """What is counted of one query with these distances."""
    counts = PairCounts(limit)
    block = np.array([same + different], np.float32)
    columns = np.arange(len(same))
    counts.add(block, Pairs(np.zeros(len(same), np.intp), columns))
    return counts.verification()


@pytest.mark.parametrize("seed", range(3))
def test_the_area_and_the_curve_are_those_of_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    same, different = random.beta(2, 4, 300), random.beta(4, 3, 2_000)
    found = counted(same.tolist(), different.tolist())
    labels = np.repeat([1, 0], [300, 2_000])
    scores = -np.concatenate([same, different])
    assert found.auc_error < 1e-5
    assert found.auc == pytest.approx(roc_auc_score(labels, scores), abs=found.auc_error + 1e-9)
    false, true, _ = roc_curve(labels, scores, drop_intermediate=False)
    for rate in (0.001, 0.01, 0.1, 1.0):
        assert found.true_accepts_at(rate) == pytest.approx(true[false <= rate].max(), abs=0.005)
    crossing = np.argmin(np.abs(false + true - 1))
    assert found.equal_error_rate == pytest.approx(false[crossing], abs=0.005)


def test_several_blocks_count_as_one() -> None:
    random = np.random.default_rng(0)
    block = random.random((6, 50), np.float32)
    matches = Pairs(np.repeat(np.arange(6), 2), random.integers(0, 25, 12) * 2 + np.tile([0, 1], 6))
    whole, parts = PairCounts(1), PairCounts(1)
    whole.add(block, matches)
    for rows in (slice(0, 2), slice(2, 6)):
        parts.add(block[rows], matches.within(rows))
    assert whole.verification().auc == parts.verification().auc


def test_what_is_infinitely_far_is_no_pair() -> None:
    found = counted([0.1], [0.2, float("inf"), float("inf")])
    assert (found.same.sum(), found.different.sum()) == (1, 1)


@pytest.mark.parametrize(
    ("same", "different", "area", "rate"),
    [
        ([0.1, 0.2], [0.3, 0.4], 1.0, 0.0),
        ([0.3, 0.4], [0.1, 0.2], 0.0, 1.0),
        ([0.5], [0.5, 0.5], 0.5, 0.5),
        ([0.1, 0.4], [0.2, 0.3, 0.5, 0.6], 0.75, 0.5),
    ],
)
def test_cases_by_hand(same: list[float], different: list[float], area: float, rate: float) -> None:
    found = counted(same, different)
    assert found.auc == pytest.approx(area)
    assert found.auc_folded == pytest.approx(max(area, 1 - area))
    assert found.equal_error_rate == pytest.approx(rate)


def test_the_suggested_threshold_does_what_it_says() -> None:
    random = np.random.default_rng(1)
    same, different = random.beta(2, 4, 500), random.beta(4, 2, 700)
    suggestion = counted(same.tolist(), different.tolist()).suggestion()
    assert np.mean(same > suggestion.threshold) == pytest.approx(suggestion.false_rejects, abs=0.01)
    assert np.mean(different <= suggestion.threshold) == pytest.approx(
        suggestion.false_accepts, abs=0.01
    )
    assert abs(suggestion.false_accepts - suggestion.false_rejects) < 0.01


def test_without_pairs_of_one_kind_there_is_no_area() -> None:
    assert np.isnan(counted([0.1, 0.2], []).auc)


def test_when_all_distances_are_zero_it_is_chance() -> None:
    assert counted([0.0], [0.0, 0.0], limit=0.0).auc == 0.5
