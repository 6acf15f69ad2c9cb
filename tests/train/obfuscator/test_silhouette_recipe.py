"""Our recipe with a bound: each half learns its own task, and goes on with the same bits."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from passerby.errors import ConfigError
from passerby.train.obfuscator.settings import Silhouettes
from passerby.train.obfuscator.silhouette_recipe import SilhouetteRecipe

SETTINGS = Silhouettes(
    options={"channels": 8},
    seeing_steps=3,
    outline_steps=2,
    drawing_steps=3,
    epoch_steps=2,
    batch=4,
    drawing_batch=4,
)


@pytest.fixture
def make(pool, detectors, machine):
    def made(seed=0, **changes):
        return SilhouetteRecipe(replace(SETTINGS, **changes), pool, detectors, machine, seed)

    return made


def weights(recipe):
    return list(recipe.training.network.state_dict().values())


@pytest.mark.parametrize("stop", [2, 3, 4, 6, 8])
def test_a_resumed_training_gives_the_same_bits(make, follow, stop):
    whole = make()
    assert [one.done for one in follow(whole, "whole.pt")] == list(range(1, 9))
    with pytest.raises(KeyboardInterrupt):
        follow(make(), stop=stop)
    again = make()
    follow(again)
    assert all(
        torch.equal(one, other) for one, other in zip(weights(whole), weights(again), strict=True)
    )


def test_the_half_that_draws_learns_from_what_averaged_weights_see(make, follow):
    recipe = make(epoch_steps=3)
    epochs = recipe.epochs()
    seen = None

    def two_halves():
        nonlocal seen
        yield next(epochs)
        seen = {
            name: value.clone()
            for name, value in recipe.training.result.seeing.state_dict().items()
        }
        yield from epochs

    recipe.epochs = two_halves
    follow(recipe)
    after = recipe.training.network.seeing.state_dict()
    assert all(torch.equal(after[name], value) for name, value in seen.items())


def test_each_half_learns_its_own_task(make, follow, pool):
    recipe = make(seeing_steps=150, outline_steps=80, drawing_steps=1, epoch_steps=80, batch=8)
    told = [one.losses for one in follow(recipe)]
    assert np.mean([one["outlines"] for one in told[140:150]]) < 0.6 * told[0]["outlines"]
    assert told[229]["drawing"] < 0.5 * told[150]["drawing"]
    assert told[230]["detection"] > 0
    assert all(one["detection"] == 0 for one in told[:230])
    images = torch.from_numpy(pool.held_out.images).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        drawn = recipe.training.network.eval()(images).mean(dim=1).numpy()
    people = pool.held_out.people
    # It was .03 darker on one processor and .028 on another: a few steps, no more than a beginning.
    assert drawn[people].mean() < drawn[~people].mean() - 0.01


def test_a_training_without_steps_of_a_half_is_refused():
    with pytest.raises(ConfigError, match="seeing_steps is 0"):
        Silhouettes(seeing_steps=0)
    with pytest.raises(ConfigError, match="no detector"):
        Silhouettes(detectors=())


def test_windows_that_are_aimed_at_nobody_are_learned_from(make, pool, crops):
    """Their outlines are looked up with all others'."""
    wider = crops(40, 9, views=1)
    recipe = SilhouetteRecipe(
        replace(SETTINGS, batch=8),
        pool._replace(wider=wider),
        make().detectors,
        make().machine,
        0,
    )
    numbers = {number for step in range(9) for number in recipe._batch(step).numbers}
    assert max(numbers) >= len(pool.train)
    losses = recipe._learn_to_see(recipe._batch(0), 0.001)
    assert float(losses["outlines"]) > 0
