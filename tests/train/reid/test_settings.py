"""Recipes that no training could follow are refused; others can be made longer or shorter."""

from dataclasses import replace

import pytest

from passerby.errors import ConfigError
from passerby.train.engine.schedules import Steps
from passerby.train.reid.recipes import recipe
from passerby.train.reid.settings import LossWeights, PKSampling, Shuffled


def test_the_batch_is_people_times_images():
    assert PKSampling(16, 4).batch == 64
    assert PKSampling(16, 4).indivisible == 4
    assert Shuffled(32).indivisible == 1


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"epochs": 0}, "epochs is 0"),
        ({"order": Shuffled(1)}, "batch of 1"),
        ({"order": PKSampling(1, 4)}, "images of 1 person, but triplets and pairs need"),
        ({"ema_decay": 1.0}, "EMA decay is 1.0"),
    ],
)
def test_what_nobody_could_follow_is_refused(change, complaint):
    with pytest.raises(ConfigError, match=complaint):
        replace(recipe("bot", "paper"), **change)


@pytest.mark.parametrize(
    ("order", "weights", "smallest"),
    [
        (PKSampling(16, 4), LossWeights(triplet=1.0), 8),
        (PKSampling(6, 2), LossWeights(identity=0.0, pair=1.0), 4),
        (PKSampling(16, 4), LossWeights(centre=0.1), 4),
        (PKSampling(16, 1), LossWeights(), 2),
        (Shuffled(32), LossWeights(triplet=1.0), 2),
    ],
)
def test_a_part_has_somebody_to_compare_with(order, weights, smallest):
    assert replace(recipe("bot", "paper"), order=order, weights=weights).smallest_part == smallest


def test_a_recipe_over_other_epochs_changes_its_rate_in_the_same_places():
    short = recipe("bot", "paper").over(60)
    assert (short.epochs, short.schedule) == (60, Steps((21, 35), warmup=5))
    assert recipe("pcb-rpp", "paper").over(20).frozen_at_first == 10
