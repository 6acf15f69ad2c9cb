import numpy as np
import pytest

from passerby.attack.attack import AttackFinding
from passerby.attack.findings import mean_of_worst, success_finding


def test_a_finding_has_its_interval_and_its_worst_people():
    ids = np.repeat(np.arange(40), 2)
    successes = np.where(ids < 3, 1.0, 0.1)
    found = success_finding(successes, ids, name="a", measure="b", chance=0.1, clear=0.9)
    assert found.success == pytest.approx((3 + 37 * 0.1) / 40)
    assert found.low < found.success < found.high
    assert found.worst == 1
    assert found.leak == pytest.approx((found.success - 0.1) / 0.8)


def test_the_worst_are_people_not_tries():
    ids = np.array([1, 1, 2, 2])
    assert mean_of_worst(np.array([1.0, 0, 0.6, 0.6]), ids) == 0.6


def test_where_nothing_is_to_be_hidden_nothing_leaks():
    nothing = AttackFinding(
        name="a", knowledge="naive", measure="b", chance=0.5, clear=0.5, success=0.7, low=0, high=1
    )
    assert nothing.leak == 0
