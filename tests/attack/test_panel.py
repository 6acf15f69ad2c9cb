import numpy as np
import pytest

from passerby.attack.attack import DIRECTIONS, IDENTIFYING, Fitted
from passerby.attack.panel import attack_case, champions
from passerby.attack.people import CropPairs
from passerby.errors import ConfigError

FEW = ("colour-map", "label-regression", "naive-recognition", "linkability")


def test_all_that_leaks_is_found_through_inverted_colours(case_for):
    found = attack_case(case_for(lambda picture: 255 - picture), FEW)
    assert found.champions.overall.name == "colour-map"
    of_best = [one for one in found.findings if one.name == "colour-map" and one.direction]
    assert min(one.leak for one in of_best) == pytest.approx(1, abs=0.01)
    assert found.decisive.clear == max(
        one.clear for one in found.findings if one.measure == "rank-1"
    )
    naive = [one for one in found.findings if one.knowledge == "naive"]
    assert max(one.leak for one in naive if one.direction in IDENTIFYING) < 0.5
    explained = {one.measure: one.success for one in found.findings if "explained" in one.measure}
    assert explained["explained variance, all"] > 0.999


def test_nothing_is_found_in_black(case_for):
    found = attack_case(case_for(np.zeros_like), FEW)
    for one in found.findings:
        if one.measure in ("rank-1", "linkability"):
            assert one.low - 1e-9 <= one.chance <= one.high + 1e-9


def test_the_curve_of_black_outputs_is_chance_exactly(case_for):
    found = attack_case(case_for(np.zeros_like), FEW)
    among = [
        (one.population, one.success, one.clear)
        for one in found.findings
        if one.measure == "linkability" and one.direction == "anonymized to anonymized"
    ]
    assert [population for population, *_ in among] == [2, 10, 50]
    for population, success, clear in among:
        assert success == pytest.approx(1 / population, abs=1e-12)
        assert clear > 2 * success or population == 2


def test_who_counts_is_chosen_on_other_people_and_in_each_kind_of_direction(crowd):
    people = crowd.of(np.arange(1, 7))
    pairs = CropPairs(people, people.images)
    right = np.eye(7, dtype=np.float32)[people.ids]
    wrong = np.ones_like(right)
    panel = {
        "blind": Fitted(lambda _: wrong, lambda _: wrong),
        "linker": Fitted(lambda _: right, lambda _: wrong),
        "knower": Fitted(lambda _: right, lambda _: right),
    }
    best = champions(panel, pairs)
    assert best.identifying.name == "knower"
    assert best.linking.name == best.overall.name == "linker"  # as good, and earlier
    assert best.linking.direction == "anonymized to anonymized"


def test_each_attacker_is_measured_in_each_direction(case_for):
    found = attack_case(case_for(lambda picture: picture), ("naive-recognition",))
    assert [one.direction for one in found.findings] == list(DIRECTIONS)
    assert {one.leak for one in found.findings} == {1.0}


def test_an_unknown_attack_is_refused(case_for):
    with pytest.raises(ConfigError, match="unknown attack 'luck'"):
        attack_case(case_for(np.zeros_like), ("luck",))


def test_progress_is_told_of_each_attack(case_for):
    steps = []
    attack_case(case_for(np.zeros_like), FEW, lambda: steps.append(1))
    assert len(steps) == len(FEW)
