"""Options change a recipe, and nothing else of it."""

from dataclasses import replace

import pytest

from passerby.cli.train.recipes import RecipeOptions
from passerby.errors import ConfigError
from passerby.train.reid.recipes import recipe
from passerby.train.reid.settings import PKSampling
from passerby.train.reid.transforms import ColourJitter

BOT = recipe("bot", "paper")


def test_without_options_a_recipe_stays_as_it_is():
    assert RecipeOptions().apply(BOT) == BOT


def test_what_is_asked_for_changes():
    changed = RecipeOptions(people=8, size="64X32", ema=0.5).apply(BOT)
    order = PKSampling(8, 4)
    assert changed == replace(BOT, order=order, size=(64, 32), ema_decay=0.5)


def test_what_has_no_erasing_gets_it():
    mlfn = recipe("mlfn", "paper")
    assert RecipeOptions(erase=0.3).apply(mlfn).erase.chance == 0.3


def test_colours_are_changed_last():
    *before, jitter = RecipeOptions(jitter=0.4).apply(BOT).transforms
    assert tuple(before) == BOT.transforms
    assert jitter == ColourJitter(0.4, 0.4, 0.4, balance=0.2)


@pytest.mark.parametrize("size", ["64", "x32", "64x", "64x3.2", "-64x32"])
def test_what_is_no_size_is_refused(size):
    with pytest.raises(ConfigError, match="give height and width in pixels, such as 256x128"):
        RecipeOptions(size=size).apply(BOT)
