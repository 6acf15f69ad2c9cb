"""The published losses, step by step, by hand."""

from dataclasses import replace

import pytest
import torch

from passerby.train.engine.loop import train
from passerby.train.obfuscator.de_coninck import DeConinckRecipe
from passerby.train.obfuscator.settings import DeConinck

SETTINGS = DeConinck(
    network="shuffle",
    options={"channels": 8, "depth": 1},
    epochs=2,
    steps=2,
    batch=4,
    obfuscator_rate=0.01,
)


@pytest.fixture
def make(pool, detectors, machine):
    def made(settings=SETTINGS, seed=0):
        return DeConinckRecipe(settings, pool, detectors, machine, seed)

    return made


def follow(recipe, machine, **options):
    told = []
    train(
        recipe.training,
        recipe.epochs(),
        machine,
        lambda: None,
        told.append,
        seed=0,
        remedy="",
        **options,
    )
    return told


def test_the_loss_is_the_detectors_less_the_mse(make, machine):
    for one in follow(make(), machine):
        losses = one.losses
        assert losses["total"] == pytest.approx(losses["detection"] - losses["mse"], abs=1e-5)


def test_the_weight_of_the_mse_is_an_option(make, machine):
    for one in follow(make(replace(SETTINGS, mse=3.0)), machine):
        losses = one.losses
        assert losses["total"] == pytest.approx(losses["detection"] - 3 * losses["mse"], abs=1e-5)


def test_the_first_step_is_adamw_of_both_with_their_rates(make, pool, detectors, machine):
    """A plain loop from the definition."""
    recipe, other = make(), make()
    (epoch, *_) = recipe.epochs(), None
    first = next(epoch)
    batch = next(iter(first.batches))
    obfuscator, deobfuscator = other.training.network, other.rebuild
    optimizers = [
        torch.optim.AdamW(one.parameters(), lr=rate, weight_decay=1e-4)
        for one, rate in ((obfuscator, 0.01), (deobfuscator, 1e-3))
    ]
    seen = obfuscator(batch.images)
    loss = detectors[0].losses(seen, batch)[0]
    loss = loss - ((deobfuscator(seen) - batch.images) ** 2).mean()
    optimizers[0].zero_grad()
    loss.backward()
    optimizers[0].step()
    optimizers[1].zero_grad()
    ((deobfuscator(seen.detach()) - batch.images) ** 2).mean().backward()
    optimizers[1].step()
    first.learn(batch, first.rate(0))
    for own, plain in ((recipe.training.network, obfuscator), (recipe.rebuild, deobfuscator)):
        for one, another in zip(own.parameters(), plain.parameters(), strict=True):
            assert torch.allclose(one, another, atol=1e-6)


def test_an_epoch_shows_every_crop_once(make, pool):
    recipe = make(replace(SETTINGS, steps=None))
    epoch = next(recipe.epochs())
    shown = [number for batch in epoch.batches for number in batch.numbers]
    assert sorted(shown) == list(range(len(pool.train)))
    assert recipe.steps == 2 * len(pool.train) // 4


def test_the_diagnosis_is_of_the_deobfuscator(make, machine):
    recipe = make()
    follow(recipe, machine)
    assert set(recipe.diagnosis.explained) == {"deobfuscator"}
    assert len(recipe.diagnosis.explained["deobfuscator"]) == 2
