"""The learning rate by its formula, and settings that cannot be."""

import pytest

from passerby.errors import ConfigError
from passerby.train.detector.settings import TrainingSettings


def test_steps_are_whole_batches():
    assert TrainingSettings(pictures=100, batch=32).steps == 3
    assert TrainingSettings(pictures=32, batch=32).steps == 1


def test_the_rate_rises_stays_and_falls_in_straight_lines():
    settings = TrainingSettings(pictures=100, batch=1, learning_rate=2.0, warmup=10, cooldown=0.2)
    rates = [settings.rate_at(step) for step in range(101)]
    assert rates[:10] == pytest.approx([0.2 * (step + 1) for step in range(10)])
    assert rates[10:81] == pytest.approx([2.0] * 71)
    assert rates[80:] == pytest.approx([2.0 * (100 - step) / 20 for step in range(80, 101)])


def test_a_training_that_goes_on_longer_begins_alike():
    short, long = (TrainingSettings(pictures=pictures, batch=10) for pictures in (20_000, 40_000))
    assert all(short.rate_at(step) == long.rate_at(step) for step in range(1400))


@pytest.mark.parametrize(("warmup", "cooldown"), [(0, 0.3), (1, 0), (0, 0), (50, 1)])
def test_extreme_shapes_stay_between_nothing_and_the_highest(warmup, cooldown):
    settings = TrainingSettings(pictures=20, batch=2, warmup=warmup, cooldown=cooldown)
    rates = [settings.rate_at(step) for step in range(10)]
    assert all(0 < rate <= settings.learning_rate for rate in rates)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"pictures": 31}, "31 pictures do not fill a batch of 32"),
        ({"pictures": 0}, "0 pictures"),
        ({"batch": 0}, "a batch of 0"),
        ({"sizes": (256, 100)}, r"multiples of 32, not \(256, 100\)"),
        ({"sizes": (0,)}, "multiples of 32"),
        ({"sizes": ()}, "multiples of 32"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes, complaint):
    with pytest.raises(ConfigError, match=complaint):
        TrainingSettings(**changes)
