from dataclasses import replace

import numpy as np
import pytest

from passerby.attack.attack import ATTACKS
from passerby.attack.attacks.certified_bound import MOST_BITS, MOST_RIGHT


def found_in(case, bits):
    findings = ATTACKS["certified-bound"].measure(replace(case, most_bits=bits), None)
    return {one.measure: one for one in findings}


def test_no_bits_leave_guessing(case_for):
    found = found_in(case_for(np.zeros_like), 0.0)
    assert found[MOST_BITS].success == 0
    assert found[MOST_BITS].clear == 24 * 128 * 64
    assert found[MOST_RIGHT].success == pytest.approx(found[MOST_RIGHT].chance)


def test_one_bit_is_less_than_all_and_more_than_none(case_for):
    case = case_for(np.zeros_like)
    people = len(np.unique(case.test.clear.ids))
    right = found_in(case, 1.0)[MOST_RIGHT].success
    # A code of one bit tells two groups apart: the best is right about one person of each.
    assert 2 / people <= right < 1
    error = 1 - right  # Fano, with equality
    entropy = -(right * np.log2(right) + error * np.log2(error))
    assert np.log2(people) - entropy - error * np.log2(people - 1) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("bits", [5.0, 1024.0, 1e9])
def test_as_many_bits_as_people_take_are_vacuous(case_for, bits):
    found = found_in(case_for(np.array), bits)
    assert found[MOST_RIGHT].success == 1
    assert found[MOST_BITS].success == min(bits, 24 * 128 * 64)


def test_what_is_not_known_is_not_claimed(case_for):
    assert found_in(case_for(np.array), None) == {}
