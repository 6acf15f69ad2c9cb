import numpy as np
import pytest

pytest.importorskip("tenseal", reason="the extra `encrypted` is not installed")

from encrypted_matching import Prior, cost, decrypted_scores, ranked_by, recovered, unit
from passerby.evaluate.reid.evaluation import evaluate
from passerby.signatures.signatures import Signatures


def signatures(people, cameras, seed):
    rng = np.random.default_rng(seed)
    looks = np.random.default_rng(9).normal(size=(people, 6))
    rows = np.repeat(looks, cameras, axis=0) + rng.normal(size=(people * cameras, 6))
    ids = np.repeat(np.arange(people), cameras)
    return Signatures(rows, ids, seed + np.tile(np.arange(cameras), people))


def test_ranking_by_scores_is_ranking_by_signatures():
    query, gallery = signatures(7, 2, 1), signatures(7, 3, 5)
    scores = unit(query.features) @ unit(gallery.features).T
    wanted, found = evaluate(query, gallery, verify=False), ranked_by(scores, query, gallery)
    assert found.mean_average_precision == pytest.approx(wanted.mean_average_precision)
    assert found.cmc.tolist() == pytest.approx(wanted.cmc.tolist())


def test_decrypted_scores_are_those_of_numpy():
    query, gallery = signatures(2, 1, 1), signatures(4, 1, 5)
    scores = unit(query.features) @ unit(gallery.features).T
    opened = np.stack(list(decrypted_scores(query.features, gallery.features)))
    assert opened == pytest.approx(scores, abs=2e-4)


def test_exact_scores_of_as_many_queries_as_numbers_tell_all():
    rows = unit(np.random.default_rng(0).normal(size=(20, 6)))
    for prior in (Prior.none(6), Prior.of(np.random.default_rng(1).normal(size=(50, 6)))):
        assert recovered(rows, prior, 6, 0, seed=0) == pytest.approx(rows, abs=1e-4)
        assert np.abs(recovered(rows, prior, 5, 0, seed=0) - rows).max() > 0.05


def test_the_best_linear_estimate_is_that_of_its_definition():
    """Of numbers drawn from the prior, no other weights have a smaller error."""
    rng = np.random.default_rng(2)
    mixing = rng.normal(size=(6, 6))
    rows = rng.normal(size=(200_000, 6)) @ mixing + 3
    prior = Prior(np.full(6, 3.0), mixing.T @ mixing)
    queries = prior.queries(4, 0)
    rounded = np.round(rows @ queries.T / 2) * 2
    design = np.column_stack([rounded, np.ones(len(rows))])
    fitted = design @ np.linalg.lstsq(design, rows, rcond=None)[0]
    found = recovered(rows, prior, 4, 2.0, seed=0)
    assert np.mean((found - rows) ** 2) == pytest.approx(np.mean((fitted - rows) ** 2), rel=0.01)


def test_costs_are_measured():
    figures = cost(dimension=4, people=10, repeats=1, seed=0)
    assert 90_000 < figures["up"] < 100_000
    assert 90_000 < figures["down"] < 100_000
    assert figures["match"] > 0
