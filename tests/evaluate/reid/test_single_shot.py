"""Galleries of one image per person, compared with drawing them one by one."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from passerby.errors import ConfigError, InputError
from passerby.evaluate.reid.protocol import Protocol
from passerby.evaluate.reid.single_shot import evaluate_single_shot
from passerby.matching import distances
from passerby.matching.reranking import Reranking
from passerby.signatures.signatures import Signatures

Make = Callable[..., tuple[Signatures, Signatures]]


def by_definition(query: Signatures, gallery: Signatures, order: np.ndarray) -> float:
    """Rank-1 when the gallery of each query is the first image, in ``order``, of every person."""
    matrix = cdist(query.features, gallery.features, "sqeuclidean")  # type: ignore[call-overload]
    hits = []
    for q in range(len(query)):
        shown: dict[int, int] = {}
        for g in order.tolist():
            same = gallery.ids[g] == query.ids[q]
            if not (same and gallery.cameras[g] == query.cameras[q]):
                shown.setdefault(int(gallery.ids[g]), g)
        if int(query.ids[q]) in shown:
            best = min(shown.values(), key=lambda g: float(matrix[q, g]))
            hits.append(gallery.ids[best] == query.ids[q])
    return float(np.mean(hits))


def test_each_trial_is_that_of_the_definition(
    people: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, gallery = people(30, 90, persons=9)
    protocol = Protocol(distance="euclidean")
    found = evaluate_single_shot(query, gallery, protocol, trials=4, seed=5)
    generator = np.random.default_rng(5)
    wanted = [by_definition(query, gallery, generator.permutation(90)) for _ in range(4)]
    np.testing.assert_allclose(found.figures["rank1"], wanted)
    assert len(set(wanted)) > 1
    monkeypatch.setattr(distances, "BLOCK_BYTES", 7 * 4 * 90)
    again = evaluate_single_shot(query, gallery, protocol, trials=4, seed=5)
    np.testing.assert_allclose(again.figures["rank5"], found.figures["rank5"])
    assert found.kind == "4 galleries of one image per person, drawn with seed 5"


def test_constant_features_are_chance_among_the_people(people: Make) -> None:
    query, gallery = people(30, 90, persons=9)
    same = [Signatures(np.ones((len(one), 3)), one.ids, one.cameras) for one in (query, gallery)]
    found = evaluate_single_shot(*same, trials=2)
    np.testing.assert_allclose(found.figures["rank1"], 1 / 9)


def test_people_who_are_all_junk_are_not_shown(people: Make) -> None:
    query, gallery = people(30, 90, persons=9)
    same = [Signatures(np.ones((len(one), 3)), one.ids, one.cameras) for one in (query, gallery)]
    found = evaluate_single_shot(*same, Protocol(junk_ids=(0, 1, 2)), trials=2)
    np.testing.assert_allclose(found.figures["rank1"], 1 / 6)


def test_what_makes_no_sense_is_refused(people: Make) -> None:
    query, gallery = people()
    with pytest.raises(ConfigError, match="1 trial or more, not 0"):
        evaluate_single_shot(query, gallery, trials=0)
    with pytest.raises(ConfigError, match="has no re-ranking"):
        evaluate_single_shot(query, gallery, Protocol(reranking=Reranking()))
    with pytest.raises(InputError, match="make both with the same network"):
        evaluate_single_shot(query, people(dimensions=3)[1])
