"""Reliability beside a slow loop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.errors import ConfigError
from passerby.evaluate.calibration import reliability


def slowly(said, right, bins):
    total = 0.0
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        own = [
            (p, r)
            for p, r in zip(said, right, strict=True)
            if low <= p < high or (number == bins - 1 and p == 1)
        ]
        if own:
            gap = abs(sum(p for p, _ in own) / len(own) - sum(r for _, r in own) / len(own))
            total += len(own) * gap
    return total / len(said)


@given(
    st.lists(st.tuples(st.integers(0, 64), st.booleans()), min_size=1), st.sampled_from([1, 4, 8])
)
def test_the_error_is_that_of_a_loop(answers, bins):
    said, right = [p / 64 for p, _ in answers], [r for _, r in answers]
    found = reliability(said, right, bins)
    assert found.ece == pytest.approx(slowly(said, right, bins))
    assert found.counts.sum() == len(said)


def test_answers_drawn_as_likely_as_they_say_are_reliable():
    rng = np.random.default_rng(0)
    said = rng.random(20_000)
    assert reliability(said, rng.random(20_000) < said).ece < 0.015
    assert reliability(said, rng.random(20_000) < said**2).ece > 0.1


def test_what_is_empty_is_undefined():
    nothing = reliability([], [])
    assert np.isnan(nothing.ece)
    assert nothing.as_dict()["ece"] is None
    one = reliability([0.55], [True]).as_dict()
    assert one["accuracy"] == [None] * 5 + [1.0] + [None] * 4


@pytest.mark.parametrize(
    ("said", "right", "bins"),
    [([0.5], [True, False], 10), ([1.1], [True], 10), ([np.nan], [True], 10), ([0.5], [True], 0)],
)
def test_what_is_no_probability_is_refused(said, right, bins):
    with pytest.raises(ConfigError):
        reliability(said, right, bins)
