"""A result tells all, and in plain JSON."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.protocol import Protocol
from passerby.matching.reranking import Reranking
from passerby.signatures.origin import Origin
from passerby.signatures.signatures import Signatures

Make = Callable[..., tuple[Signatures, Signatures]]


def test_json_holds_the_figures_of_papers_and_of_every_query(people: Make) -> None:
    query, gallery = people()
    stranger = replace(query, ids=np.append(query.ids[:-1], 99))
    result = evaluate(stranger, gallery, origin=Origin(data_set="made up", model="a"))
    content = json.loads(json.dumps(result.as_dict(), allow_nan=False))
    assert content["mAP"] == pytest.approx(np.mean(content["AP"][:-1]))
    assert content["mAP_trapezoid"] == pytest.approx(np.mean(content["AP_trapezoid"][:-1]))
    assert content["mAP_trapezoid"] < content["mAP"]
    assert content["mINP"] == pytest.approx(np.mean(content["INP"][:-1]))
    assert content["rank1"] == content["cmc"][0] <= content["rank5"] <= content["rank10"]
    assert content["AUC"] == content["verification"]["AUC"]
    assert content["AP"][-1] is None
    assert (content["queries"], content["queries_without_match"]) == (20, 1)
    assert content["id"][-1] == 99
    assert content["matches"][-1] == 0


def test_the_protocol_says_what_the_figures_rest_on(people: Make) -> None:
    rules = Protocol(distance="euclidean", reranking=Reranking(k1=5, k2=2), junk_ids=(-1, 0))
    told = evaluate(*people(), rules, origin=Origin(data_set="made up")).as_dict()["protocol"]
    assert told["distance"] == "euclidean"
    assert told["reranking"] == {"k1": 5, "k2": 2, "original_weight": 0.3}
    assert told["junk_ids"] == (-1, 0)
    assert told["drop_same_camera"] is True
    assert told["data"]["origin"]["data_set"] == "made up"
    assert len(told["data"]["query_sha256"]) == 64
    assert {"AP", "AP_trapezoid", "ties", "queries_without_match"} <= set(told)


def test_a_figure_that_there_is_not_is_none(people: Make) -> None:
    query, gallery = people(persons=1)
    content = evaluate(query, gallery).as_dict()
    assert content["AUC"] is None
    json.dumps(content, allow_nan=False)


def test_ranks_beyond_the_curve_are_left_out(people: Make) -> None:
    summary = evaluate(*people(), Protocol(max_rank=5)).summary()
    assert "rank5" in summary
    assert "rank10" not in summary
