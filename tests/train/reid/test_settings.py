"""Recipes that no training could follow are refused; others can be made longer or shorter."""

from dataclasses import replace

import pytest

from passerby.errors import ConfigError
from passerby.train.reid.recipes import recipe
from passerby.train.reid.schedules import Steps
from passerby.train.reid.settings import PeopleTimesImages, Shuffled


def test_the_batch_is_people_times_images():
    assert PeopleTimesImages(16, 4).batch == 64
    assert PeopleTimesImages(16, 4).indivisible == 4
    assert Shuffled(32).indivisible == 1


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"epochs": 0}, "epochs is 0"),
        ({"order": Shuffled(1)}, "batch of 1"),
        ({"smoothing": 1.0}, "smoothing is 1.0"),
    ],
)
def test_what_nobody_could_follow_is_refused(change, complaint):
    with pytest.raises(ConfigError, match=complaint):
        replace(recipe("bot", "paper"), **change)


def test_a_recipe_over_other_epochs_changes_its_rate_in_the_same_places():
    short = recipe("bot", "paper").over(60)
    assert (short.epochs, short.schedule) == (60, Steps((21, 35), warmup=5))
    assert recipe("pcb-rpp", "paper").over(20).frozen_at_first == 10
