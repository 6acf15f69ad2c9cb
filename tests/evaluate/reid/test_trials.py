"""Means and deviations over trials."""

from collections.abc import Callable

import numpy as np
import pytest

from passerby.errors import InputError
from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.single_shot import evaluate_single_shot
from passerby.evaluate.reid.trials import Trials
from passerby.signatures.origin import Origin
from passerby.signatures.signatures import Signatures

Make = Callable[..., tuple[Signatures, Signatures]]


def test_splits_are_averaged_figure_by_figure(people: Make) -> None:
    results = [evaluate(*people(seed=seed), origin=Origin(split=seed)) for seed in range(3)]
    found = Trials.over_splits(results)
    values = [result.mean_average_precision for result in results]
    assert found.kind == "3 splits"
    assert found.summary()["mAP"] == pytest.approx(np.mean(values))
    assert found.deviations()["mAP"] == pytest.approx(np.std(values, ddof=1))
    assert [one.origin.split for one in found.data] == [0, 1, 2]


def test_splits_of_trials_are_averaged_over_their_means(people: Make) -> None:
    parts = [evaluate_single_shot(*people(seed=seed), trials=3) for seed in range(2)]
    found = Trials.over_splits(parts)
    means = [part.figures["rank1"].mean() for part in parts]
    np.testing.assert_allclose(found.figures["rank1"], means)
    assert found.kind == "2 splits of 3 galleries of one image per person, drawn with seed 0"
    assert len(found.data) == 2


def test_one_trial_has_no_deviation_and_none_is_refused(people: Make) -> None:
    assert Trials.over_splits([evaluate(*people())]).deviations()["mAP"] == 0
    with pytest.raises(InputError, match="no split to average over"):
        Trials.over_splits([])


def test_all_of_it_is_ready_for_json(people: Make) -> None:
    content = Trials.over_splits([evaluate(*people(seed=seed)) for seed in range(2)]).as_dict()
    assert content["mAP"] == pytest.approx(np.mean(content["trials"]["mAP"]))
    assert content["protocol"]["trials"] == "2 splits"
    assert len(content["protocol"]["data"]) == 2
