"""The matrix of conditions, with tests of pairs between its cells."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from passerby.errors import ConfigError, InputError
from passerby.evaluate.comparison import compare
from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.matrix import Condition, MatrixCell, evaluate_matrix
from passerby.evaluate.statistics import holm
from passerby.signatures.signatures import Signatures

Make = Callable[..., tuple[Signatures, Signatures]]


def noisy(one: Signatures, strength: float) -> Signatures:
    random = np.random.default_rng(len(one))
    return replace(one, features=one.features + strength * random.normal(size=one.features.shape))  # type: ignore[operator]


@pytest.fixture
def conditions(people: Make) -> dict[str, dict[str, Condition]]:
    query, gallery = people(40, 120, persons=10)
    strengths = {
        "first": {"original": 0.0, "blurred": 1.0},
        "second": {"original": 0.2, "blurred": 0.5},
    }
    return {
        train: {
            name: Condition(noisy(query, strength), noisy(gallery, strength))
            for name, strength in images.items()
        }
        for train, images in strengths.items()
    }


def test_every_cell_is_an_evaluation_of_its_own(
    conditions: dict[str, dict[str, Condition]],
) -> None:
    steps: list[int] = []
    found = evaluate_matrix(conditions, margin=0.05, progress=lambda: steps.append(1))
    assert found.reference == MatrixCell("first", "original", "original")
    assert len(found.results) == len(steps) == 8
    cell = MatrixCell("second", "blurred", "original")
    asked, searched = conditions["second"]["blurred"], conditions["second"]["original"]
    alone = evaluate(asked.query, searched.gallery)
    assert found.results[cell].mean_average_precision == alone.mean_average_precision
    assert str(cell) == "second / blurred / original"


def test_cells_are_compared_with_the_reference_query_by_query(
    conditions: dict[str, dict[str, Condition]],
) -> None:
    found = evaluate_matrix(conditions, margin=0.05, seed=3)
    assert found.reference not in found.comparisons
    first = found.results[found.reference]
    for cell, comparison in found.comparisons.items():
        second = found.results[cell]
        assert comparison == compare(
            first.average_precision, second.average_precision, first.ids, margin=0.05, seed=3
        )
    corrected = [found.corrected[cell]["t"] for cell in found.comparisons]
    assert corrected == holm([one.t_p for one in found.comparisons.values()])
    assert set(found.corrected[MatrixCell("first", "blurred", "blurred")]) == {
        "t",
        "wilcoxon",
        "equivalence",
    }


def test_all_of_it_is_ready_for_json(conditions: dict[str, dict[str, Condition]]) -> None:
    content = json.loads(json.dumps(evaluate_matrix(conditions).as_dict(), allow_nan=False))
    reference, *others = content["cells"]
    assert (reference["train"], reference["comparison"]) == ("first", None)
    assert {"difference", "interval", "p_by_holm"} <= set(others[0]["comparison"])
    assert len(others[0]["AP"]) == 40


def test_images_that_are_not_the_same_are_refused(
    conditions: dict[str, dict[str, Condition]],
) -> None:
    wrong = conditions["second"]["blurred"]
    turned = replace(wrong.gallery, cameras=wrong.gallery.cameras[::-1])
    conditions["second"]["blurred"] = replace(wrong, gallery=turned)
    with pytest.raises(InputError, match="the gallery images of two conditions differ"):
        evaluate_matrix(conditions)


def test_nothing_to_compare_is_refused(conditions: dict[str, dict[str, Condition]]) -> None:
    original = conditions["first"]["original"]
    with pytest.raises(ConfigError, match="one cell and nothing to compare"):
        evaluate_matrix({"first": {"original": original}})
    with pytest.raises(ConfigError, match="the same conditions"):
        evaluate_matrix({})
    with pytest.raises(ConfigError, match="the same conditions"):
        evaluate_matrix({**conditions, "third": {"original": original}})
