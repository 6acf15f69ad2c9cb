"""Our recipe: what counts, when, and that it goes on with the same bits."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from passerby.errors import ModelError
from passerby.train.obfuscator.constrained import ConstrainedRecipe
from passerby.train.obfuscator.settings import Constrained

SETTINGS = Constrained(
    options={"channels": 8, "depth": 1},
    steps=6,
    epoch_steps=2,
    batch=4,
    attackers=("convolution", "colours"),
    restart_every=3,
    settle=2,
    attacker_steps=1,
    candidates=2,
    fresh_steps=2,
    start_share=0,
    rate=0.01,
)


@pytest.fixture
def make(pool, detectors, machine):
    def made(seed=0, **changes):
        settings = replace(SETTINGS, **changes)
        return ConstrainedRecipe(settings, pool, detectors, machine, seed)

    return made


def weights(recipe):
    return [
        value
        for module in recipe.training.modules.values()
        for value in module.state_dict().values()
    ]


@pytest.mark.parametrize("stop", [2, 3, 6])
def test_a_resumed_training_gives_the_same_bits(make, follow, stop):
    whole = make(temporal=0.1)
    follow(whole, "whole.pt")
    with pytest.raises(KeyboardInterrupt):
        follow(make(temporal=0.1), stop=stop)
    again = make(temporal=0.1)
    follow(again)
    pairs = zip(weights(whole), weights(again), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_another_seed_gives_other_weights(make):
    assert not torch.equal(weights(make(0))[0], weights(make(1))[0])


def test_the_total_is_the_weighted_sum(make, follow):
    recipe = make(identity=0.3, features=0.7, temporal=0.2, appearance=0.6)
    weight = float(recipe._constraint.weight)
    first = follow(recipe)[0].losses
    expected = (
        first["detection"]
        + 0.7 * first["features"]
        + weight * first["leak"]
        + 0.3 * first["identity"]
        + 0.2 * first["flicker"]
        + 0.6 * first["appearance"]
    )
    assert first["total"] == pytest.approx(expected, rel=1e-4)


def test_a_utility_start_has_no_privacy_at_first(make, follow):
    recipe = make(start="utility", start_share=1 / 3, features=0.0)
    told = [one.losses for one in follow(recipe)]
    for losses in told[:2]:
        assert losses["total"] == pytest.approx(losses["detection"], rel=1e-5)
    assert told[2]["total"] > told[2]["detection"] + 1e-4
    assert int(recipe._constraint.observed) == 4


def test_a_private_start_draws_people_alike_and_nothing_else(make, follow, pool):
    recipe = make(steps=161, epoch_steps=160, start_share=160 / 161, start_rate=0.02)
    told = [one.losses for one in follow(recipe)]
    assert np.mean([one["start"] for one in told[:10]]) > 0.02
    assert np.mean([one["start"] for one in told[150:160]]) < 0.01
    assert told[159]["total"] == told[159]["start"]
    assert told[160]["start"] == 0 < told[160]["detection"]
    batch = pool.held_out.batch([0, 2, 4, 6], torch.device("cpu"))
    with torch.no_grad():
        drawn = recipe.training.network.eval()(batch.images)
    people, ground = batch.people > 0, batch.people == 0
    assert float(drawn[people.expand_as(drawn)].mean()) < 0.35
    assert float(drawn[ground.expand_as(drawn)].mean()) > 0.5
    # They wear bright colours of their own, of which nothing is left.
    worn, left = (
        torch.stack([one[:, mask[0]].mean(dim=1) for one, mask in zip(some, people, strict=True)])
        for some in (batch.images, drawn)
    )
    assert float(left.std(dim=0).mean()) < 0.3 * float(worn.std(dim=0).mean())


def test_a_clear_start_shows_the_pictures(make, follow, pool):
    images = pool.held_out.batch([0, 4], torch.device("cpu")).images
    variance = float((images - images.mean(dim=(0, 2, 3), keepdim=True)).square().mean())
    recipe = make(start="clear", steps=201, epoch_steps=200, start_share=200 / 201)
    follow(recipe)
    with torch.no_grad():
        shown = recipe.training.network.eval()(images)
    assert float((shown - images).square().mean()) < 0.4 * variance


@pytest.mark.parametrize("stop", [3, 5])
def test_a_start_is_part_of_what_is_resumed(make, follow, stop):
    """It is learned once: the first epoch after an interruption goes on from the state."""
    changes = {"start": "private", "start_share": 0.5, "settle": 2}
    whole = make(**changes)
    follow(whole, "whole.pt")
    with pytest.raises(KeyboardInterrupt):
        follow(make(**changes), stop=stop)
    again = make(**changes)
    told = follow(again)
    assert told[0].done == stop - stop % 2 + 1 if stop % 2 else stop
    pairs = zip(weights(whole), weights(again), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_attackers_get_to_know_a_start_before_they_count(make, follow):
    recipe = make(start="private", start_share=0.5, settle=2, restart_every=100)
    told = []
    recipe._teach_attackers = _noting(recipe._teach_attackers, recipe, told)
    follow(recipe)
    assert told == [1, 2, 3, 4, 5]
    assert [int(one.age) for one in recipe._rebuilders] == [5, 5]
    assert int(recipe._constraint.observed) == 3


def _noting(teach, recipe, told):
    def taught(seen, batch):
        told.append(recipe.training.step)
        return teach(seen, batch)

    return taught


def test_the_diagnosis_has_the_same_columns_in_every_epoch(make, follow):
    recipe = make(start="private", start_share=0.5)
    first = list(recipe.diagnosis.numbers())
    follow(recipe)
    assert list(recipe.diagnosis.numbers()) == first
    assert "error of the start" in first
    assert "error of the start" not in recipe.diagnosis.line()


def test_attackers_begin_anew_in_turn_and_do_not_count_at_once(make, follow):
    recipe = make(steps=4, restart_every=3, settle=2)
    follow(recipe)
    ages = [int(one.age) for one in recipe._rebuilders]
    assert ages == [4, 1]  # after 3 steps, the second began anew
    assert recipe._counting() == recipe._rebuilders[:1]


def test_the_worst_attacker_counts(make, pool):
    recipe = make()
    batch = pool.train.batch([0, 1, 2, 3], torch.device("cpu"))
    seen = recipe.training.network(batch.images)
    parts = recipe._losses(seen, seen, batch, np.random.default_rng(0))
    with torch.no_grad():
        colour = recipe._colour
        leaks = []
        for one in recipe._rebuilders:
            error = ((one(seen) - colour) ** 2 * batch.people).sum()
            leaks.append(float(error / ((batch.images - colour) ** 2 * batch.people).sum()))
    assert float(parts["leak"].detach()) == pytest.approx(max(leaks), rel=1e-4)


def test_the_result_is_what_a_fresh_attacker_measured(make, follow):
    recipe = make()
    follow(recipe)
    assert int(recipe.best.considered) == 6
    assert int(recipe.best.step) in (4, 6)
    assert recipe.result is recipe.best.network
    explained, precision = recipe.best.figures.tolist()
    assert explained < 1
    assert 0 <= precision <= 1


def test_every_output_can_be_stored(make, pool):
    """It has gone through eight bits, with gradients."""
    recipe = make(jpeg=0.0)
    batch = pool.train.batch([0, 1], torch.device("cpu"))
    seen, flicker = recipe._obfuscated(batch, np.random.default_rng(0))
    levels = seen.detach() * 255
    assert torch.allclose(levels, levels.round(), atol=1e-3)
    assert seen.requires_grad
    assert float(flicker) == 0


def test_only_detectors_see_a_jpeg(make, pool, monkeypatch):
    recipe = make(jpeg=1.0)
    batch = pool.train.batch([0, 1], torch.device("cpu"))
    given = {}
    monkeypatch.setattr(
        recipe.detectors[0],
        "losses",
        lambda images, batch: given.update(detector=images) or (images.mean(), images.mean()),
    )
    monkeypatch.setattr(
        recipe, "_teach_attackers", lambda images, batch: given.update(attackers=images) or 0.0
    )
    recipe._learn(batch, 0.0)
    plain, _ = make(jpeg=0.0)._obfuscated(batch, np.random.default_rng([0, 61, 0]))
    torch.testing.assert_close(given["attackers"], plain.detach())
    assert not torch.equal(given["detector"].detach(), given["attackers"])


def test_flicker_is_a_loss_of_the_video_variant(make, pool):
    recipe = make(temporal=1.0)
    batch = pool.train.batch([0, 1], torch.device("cpu"))
    _, flicker = recipe._obfuscated(batch, np.random.default_rng(0))
    assert float(flicker.detach()) > 0
    assert flicker.requires_grad


def test_a_loss_that_is_no_number_is_named_and_the_state_stays(make, follow, tmp_path, monkeypatch):
    recipe = make()
    losses = recipe._losses

    def broken(seen, stored, batch, rng):
        parts = losses(seen, stored, batch, rng)
        if recipe.training.step == 3:
            parts["identity"] = parts["identity"] + math.nan
        return parts

    monkeypatch.setattr(recipe, "_losses", broken)
    with pytest.raises(ModelError, match=r"loss became NaN at step 4 \(identity\): try again"):
        follow(recipe)
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    assert state["step"] == 2


def test_the_state_holds_no_picture(make, follow, tmp_path):
    recipe = make()
    follow(recipe)
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    assert set(state) == {
        *recipe.training.modules,
        *("averaged", "optimizers", "epoch", "step", "lost", "asked"),
    }
    kinds = {value.dtype for value in weights(recipe)}
    assert torch.uint8 not in kinds


def test_the_diagnosis_names_each_attacker(make, follow):
    recipe = make()
    follow(recipe)
    assert set(recipe.diagnosis.explained) == {"convolution", "colours"}
    assert "leak weight" in recipe.diagnosis.line()
