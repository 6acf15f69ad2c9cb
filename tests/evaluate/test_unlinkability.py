import numpy as np
import pytest

from passerby.errors import InputError
from passerby.evaluate.unlinkability import local_linkability


def test_scores_that_never_meet_are_fully_linkable():
    found = local_linkability(np.linspace(0.8, 1, 50), np.linspace(0, 0.2, 200))
    assert found.whole == pytest.approx(1, abs=0.05)
    assert found.local[0] == 0
    assert found.local[-1] == 1


def test_scores_that_are_drawn_alike_say_next_to_nothing():
    rng = np.random.default_rng(0)
    found = local_linkability(rng.normal(size=4000), rng.normal(size=20000), bins=20)
    assert found.whole < 0.06
    assert found.mated.sum() == pytest.approx(1)
    assert found.others.sum() == pytest.approx(1)


def test_a_likelihood_ratio_of_three_says_a_half():
    mated = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    others = np.array([0.0] * 6 + [1.0] * 2)
    found = local_linkability(mated, others, bins=2)
    np.testing.assert_allclose(found.local, [0, 0.5])  # 2 * 3 / (1 + 3) - 1


@pytest.mark.parametrize(
    "wrong", [np.array([1.0]), np.array([1.0, np.nan]), np.array([1.0, np.inf])]
)
def test_scores_that_cannot_be_compared_are_refused(wrong):
    with pytest.raises(InputError):
        local_linkability(wrong, np.zeros(3))
