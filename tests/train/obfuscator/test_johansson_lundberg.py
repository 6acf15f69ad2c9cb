"""The three networks of the thesis: who learns from what, and what is chosen."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from passerby.errors import ModelError
from passerby.train.obfuscator.filter_data import Squares
from passerby.train.obfuscator.fresh_attack import AttackSettings
from passerby.train.obfuscator.johansson_lundberg import (
    FilterFigures,
    JohanssonLundbergRecipe,
    PairNetwork,
)
from passerby.train.obfuscator.privacy import energy_distance
from passerby.train.obfuscator.settings import JohanssonLundberg

SETTINGS = JohanssonLundberg(
    detector_width=0.1,
    detector_channels=(8, 8, 8),
    reid_width=0.05,
    reid_size=32,
    epochs=3,
    steps=1,
    batch=4,
    measured=10,
    chosen_after=0.4,
)


@pytest.fixture
def make(machine):
    def made(seed=0, **changes):
        settings = replace(SETTINGS, **changes)
        data = Squares(settings.measured, settings.reid_size)
        return JohanssonLundbergRecipe(settings, data, machine, seed)

    return made


@pytest.fixture
def follow(follow):
    """The same, of which the losses alone are told."""
    return lambda *given, **options: [one.losses for one in follow(*given, **options)]


def weights(module):
    return [value.clone() for value in module.state_dict().values()]


def equal(first, second):
    return all(torch.equal(one, other) for one, other in zip(first, second, strict=True))


def combined(recipe, batch):
    """The combined loss by hand, of the networks as they are, in use."""
    images, close_ups = (
        torch.from_numpy(one).permute(0, 3, 1, 2) / 255 for one in (batch.images, batch.close_ups)
    )
    network, detector, reid = recipe.training.network, recipe._detector.eval(), recipe._reid.eval()
    with torch.no_grad():
        filtered, hidden = network(images), network(close_ups)
        maps = detector.heat_maps(filtered)
        mse = float(((maps - torch.from_numpy(batch.heat_maps)) ** 2).mean())
        ones = close_ups if recipe.settings.compares == "clear" else hidden
        logits = reid(ones[batch.pairs[:, 0]], hidden[batch.pairs[:, 1]])
    same = torch.from_numpy(batch.same)
    likelihood = logits.sigmoid()
    bce = float(functional.binary_cross_entropy(likelihood, same.float()))
    apart = float(energy_distance(likelihood[same], likelihood[~same]))
    detector.train()
    reid.train()
    return mse, bce, apart, float(((filtered - images) ** 2).mean())


@pytest.mark.parametrize("changes", [{}, {"compares": "clear"}])
def test_the_combined_loss_is_the_published_one(make, changes):
    """Detector and re-ID do not learn here, so the loss can be computed beforehand."""
    recipe = make(detector_rate=1e-12, reid_rate=1e-12, **changes)
    batch = recipe._batch(0, 0)
    # One step, in which only the statistics of normalisation change.
    losses = recipe._learn(batch, 1e-12)
    mse, bce, _, _ = combined(recipe, batch)
    assert float(losses["mse"]) == pytest.approx(mse, rel=1e-3)
    assert float(losses["bce"]) == pytest.approx(bce, rel=1e-3)
    assert float(losses["total"]) == pytest.approx(mse - bce / 5, rel=1e-3, abs=1e-4)


def test_the_bounded_loss_drives_scores_together(make):
    recipe = make(detector_rate=1e-12, reid_rate=1e-12, loss="bounded", likeness=0.5)
    batch = recipe._batch(0, 0)
    losses = recipe._learn(batch, 1e-12)
    mse, _, apart, likeness = combined(recipe, batch)
    expected = mse + apart / 5 + 0.5 * likeness
    assert float(losses["total"]) == pytest.approx(expected, rel=1e-3, abs=1e-4)
    assert float(losses["likeness"]) == pytest.approx(likeness, rel=1e-3)


def test_each_network_learns_from_its_own_loss(make, monkeypatch):
    recipe = make(filter_rate=1e-12, reid_steps=2)
    steps = [0, 0, 0]
    for place, optimizer in enumerate(recipe.training.optimizers):

        def counted(closure=None, place=place, step=optimizer.step):
            steps[place] += 1
            return step(closure)

        monkeypatch.setattr(optimizer, "step", counted)
    recipe._learn(recipe._batch(0, 0), 1e-12)
    assert steps == [1, 1, 2]


def test_in_the_warm_up_the_filter_stays(make, follow):
    recipe = make(warmup=3)
    before = weights(recipe.training.network)
    follow(recipe)
    assert equal(before, weights(recipe.training.network))


@pytest.mark.slow
def test_a_resumed_training_gives_the_same_bits(make, follow):
    whole, again = make(), make()
    follow(whole, "whole.pt")
    with pytest.raises(KeyboardInterrupt):
        follow(make(), stop=3)
    follow(again)
    for name, module in whole.training.modules.items():
        assert equal(weights(module), weights(again.training.modules[name]))


def test_a_filter_of_one_grey_has_collapsed(make):
    """Its differences of 1e-5 would rank pairs perfectly; in 8 bits nothing is left."""
    recipe = make()
    with torch.no_grad():
        for weight in recipe.training.network.parameters():
            weight.mul_(1e-3)
    found = recipe.measure(recipe.data.test(), recipe.training.network)
    assert found.collapsed
    assert found.auc == 0.5
    assert found.spread <= 1


def test_a_filter_that_shows_something_has_not():
    assert not FilterFigures(1.0, 0.5, 40).collapsed


def test_the_best_filter_of_late_is_chosen(make, follow):
    recipe = make()
    measured = iter([FilterFigures(0.9, 0.5, 9), FilterFigures(0.2, 0.5, 8)])
    recipe.measure = lambda *_: next(measured)
    follow(recipe)
    assert int(recipe.best.step) == 2
    assert recipe.figures == FilterFigures(0.9, 0.5, 9)


def test_figures_in_the_end_are_of_both_reids(make, follow):
    recipe = make()
    follow(recipe)
    figures = recipe.conclude(AttackSettings(steps=1), lambda _progress: None)
    assert figures["fresh_auc_folded"] == max(figures["fresh_auc"], 1 - figures["fresh_auc"])
    assert figures["fresh_steps"] == 1
    for name in ("precision", "auc", "fresh_auc"):
        assert 0 <= figures[name] <= 1


def test_a_loss_that_is_no_number_is_named(make, follow, monkeypatch):
    recipe = make()
    monkeypatch.setattr(
        recipe, "_filter_loss", lambda *_: tuple(torch.tensor([np.nan, 1.0, np.nan, 1.0]))
    )
    monkeypatch.setattr(
        "passerby.train.obfuscator.johansson_lundberg.learn_from", lambda *_, **__: None
    )
    with pytest.raises(ModelError, match=r"NaN in epoch 1 \(bce\): try again"):
        follow(recipe)


def test_any_reid_network_can_compare(make):
    pairs = PairNetwork("osnet-x0.25", 64)
    assert pairs(torch.rand(2, 3, 64, 64), torch.rand(2, 3, 64, 64)).shape == (2,)
