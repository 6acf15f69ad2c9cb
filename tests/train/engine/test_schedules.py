"""Learning rates at every epoch, by the formulae of those who published them."""

import math

import pytest

from passerby.train.engine.schedules import Cosine, Steps


def rates(schedule, base, epochs):
    return [base * schedule.factor(epoch - 1, epochs) for epoch in range(1, epochs + 1)]


def strong_baseline(epoch):
    """`WarmupMultiStepLR` of the strong baseline, whose scheduler is stepped before each epoch."""
    warmup = 0.01 * (1 - epoch / 10) + epoch / 10 if epoch < 10 else 1
    passed = (epoch >= 40) + (epoch >= 70)
    return 3.5e-4 * warmup * 0.1**passed


def test_the_strong_baseline_at_every_epoch():
    expected = [strong_baseline(epoch) for epoch in range(1, 121)]
    assert rates(Steps((40, 70), warmup=10), 3.5e-4, 120) == pytest.approx(expected)
    assert expected[0] == pytest.approx(3.815e-5)


def test_torchreid_at_every_epoch():
    """StepLR of 20 epochs, stepped after each."""
    expected = [3e-4 * 0.1 ** ((epoch - 1) // 20) for epoch in range(1, 61)]
    assert rates(Steps((21, 41)), 3e-4, 60) == pytest.approx(expected)


def test_steps_do_not_change_within_an_epoch():
    schedule = Steps((3,), warmup=2)
    for epoch in range(5):
        assert schedule.factor(epoch + 0.99, 5) == schedule.factor(epoch, 5)


def test_a_cosine_rises_and_falls_batch_by_batch():
    schedule = Cosine(warmup=2, start=0.1, end=0.0)
    assert [schedule.factor(done, 10) for done in (0, 1, 2)] == pytest.approx([0.1, 0.55, 1])
    for done in (2.5, 4, 6, 9.9, 10):
        expected = 0.5 * (1 + math.cos(math.pi * (done - 2) / 8))
        assert schedule.factor(done, 10) == pytest.approx(expected)


@pytest.mark.parametrize("schedule", [Cosine(warmup=0), Cosine(warmup=3), Steps(())])
def test_factors_stay_between_0_and_1(schedule):
    for done in range(31):
        assert 0 < schedule.factor(done / 10, 3) <= 1


def test_what_is_stretched_changes_in_the_same_places():
    # 20 of 60 epochs come before epoch 21: 10 of 30.
    assert Steps((21, 41)).stretched(0.5) == Steps((11, 21))
    assert Steps((40, 70)).stretched(1 / 120).factor(0, 1) == 1.0
    assert Steps((40, 70), warmup=10).stretched(0.5) == Steps((21, 35), warmup=5)
    short, long = Cosine(warmup=2), Cosine(warmup=2).stretched(3)
    assert [short.factor(done, 10) for done in range(11)] == pytest.approx(
        [long.factor(3 * done, 30) for done in range(11)]
    )
