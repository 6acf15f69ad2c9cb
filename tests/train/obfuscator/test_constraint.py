"""Dual ascent: the weight rises while too much leaks, and falls while it does not."""

import math

import pytest
import torch

from passerby.train.obfuscator.constraint import LeakConstraint


def observed(leaks, **options):
    constraint = LeakConstraint(limit=0.3, weight=2.0, rate=0.1, **options)
    for leak in leaks:
        constraint.observe(leak)
    return constraint


def test_the_weight_follows_the_averaged_leak():
    weight, average = 2.0, None
    for leak in (0.5, 0.1, 0.9):
        average = leak if average is None else 0.8 * average + 0.2 * leak
        weight *= math.exp(0.1 * (average - 0.3))
    constraint = observed((0.5, 0.1, 0.9), memory=0.8)
    assert float(constraint.weight) == pytest.approx(weight)
    assert float(constraint.leak) == pytest.approx(average)


def test_at_the_limit_the_weight_stays():
    assert float(observed([0.3] * 50).weight) == pytest.approx(2.0)


@pytest.mark.parametrize(("leak", "bound"), [(1.0, 100.0), (-20.0, 1e-3)])
def test_the_weight_is_bounded(leak, bound):
    assert float(observed([leak] * 500).weight) == bound


def test_what_is_no_number_changes_nothing():
    assert float(observed([math.nan, 0.5]).weight) == float(observed([0.5]).weight)


def test_it_goes_on_from_its_state():
    first, second = observed([0.5, 0.4]), LeakConstraint(limit=0.3, weight=7.0, rate=0.1)
    second.load_state_dict(first.state_dict())
    first.observe(0.6)
    second.observe(0.6)
    assert all(
        torch.equal(one, other)
        for one, other in zip(
            first.state_dict().values(), second.state_dict().values(), strict=True
        )
    )
