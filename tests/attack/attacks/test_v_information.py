import numpy as np
import pytest

from passerby.attack.attack import ATTACKS, Champions, Fitted, Strongest
from passerby.attack.attacks.v_information import first_by_chance


def test_ties_are_broken_at_random():
    scores = np.array([[1.0, 1.0, 0.0], [0.2, 0.1, 0.0], [0.5, 0.5, 0.5]])
    np.testing.assert_allclose(first_by_chance(scores), [1 / 2, 0, 1 / 3])


def found_in(case):
    best = [Strongest("a", Fitted(case.describe, case.describe), one) for one in DIRECTIONS]
    champions = Champions(best[0], best[1], best[0])
    findings = ATTACKS["v-information"].measure(case, champions)
    return {(one.measure, one.direction): one for one in findings}


DIRECTIONS = ("anonymized to clear", "anonymized to anonymized")


def test_black_pictures_say_nothing_by_any_measure(case_for):
    for (measure, _), one in found_in(case_for(np.zeros_like)).items():
        wanted = 0.1 if measure.startswith("most right") else 0.0
        assert one.success <= wanted + 1e-6


def test_all_measures_are_taken_in_both_directions_and_agree_with_clear_pictures(case_for):
    found = found_in(case_for(lambda picture: picture))
    assert len(found) == 6
    assert {direction for _, direction in found} == set(DIRECTIONS)
    for one in found.values():
        assert one.success == pytest.approx(one.clear)
        assert one.low <= one.success <= one.high
    fano, most = (
        found[measure, DIRECTIONS[0]]
        for measure in ("bits by Fano's inequality", "most right answers (estimate)")
    )
    assert 0 < fano.success < np.log2(10)
    assert 0.1 < most.success <= 1
