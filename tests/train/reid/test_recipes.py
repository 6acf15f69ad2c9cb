"""The recipes are those that were published, and each model has two."""

import pytest

from passerby.errors import ConfigError
from passerby.models.reid import REID_MODELS
from passerby.train.engine.schedules import Steps
from passerby.train.reid.recipes import DIETLMEIER, PAPER, QUICK, recipe
from passerby.train.reid.settings import PKSampling, Shuffled
from passerby.train.reid.transforms import (
    PadAndCrop,
    RandomErasing,
    RandomHorizontalFlip,
    RandomTranslation,
    Resize,
)


def test_every_model_has_both_recipes():
    assert set(PAPER) == set(QUICK) == set(REID_MODELS)
    assert {one.scale for one in PAPER.values()} == {"paper"}
    assert {one.scale for one in QUICK.values()} == {"quick"}


@pytest.mark.parametrize("scale", ["paper", "quick"])
@pytest.mark.parametrize("model", REID_MODELS)
def test_a_model_learns_from_the_losses_of_its_paper_at_both_scales(model, scale):
    weights = recipe(model, scale).weights
    learned = {name for name in ("identity", "triplet", "centre", "pair") if getattr(weights, name)}
    assert learned == set(REID_MODELS[model].losses)


def test_the_strong_baseline_is_as_its_authors_have_it():
    bot = recipe("bot", "paper")
    assert bot.order == PKSampling(16, 4)
    assert bot.epochs == 120
    assert bot.transforms == (Resize(), RandomHorizontalFlip(0.5), PadAndCrop(10))
    assert bot.erase == RandomErasing(0.5, 0.02, 0.4, 0.3, (0.485, 0.456, 0.406))
    assert (bot.optimizer.kind, bot.optimizer.learning_rate) == ("adam", 3.5e-4)
    assert (bot.optimizer.weight_decay, bot.optimizer.backbone) == (5e-4, 1.0)
    assert bot.schedule == Steps((40, 70), 0.1, 10, 0.01)
    assert (bot.weights.label_smoothing, bot.weights.triplet, bot.weights.margin) == (0.1, 1.0, 0.3)
    assert (bot.weights.centre, bot.weights.centre_rate) == (5e-4, 0.5)
    assert (bot.distance, bot.ema_decay, bot.flip_averaged) == ("cosine", 0.0, False)


@pytest.mark.parametrize(
    "model", ["pcb-shared", "mlfn", "hacnn", "resnet50mid", "mudeep", "osnet-x1.0", "osnet-x0.25"]
)
def test_torchreid_s_models_follow_its_defaults(model):
    own = recipe(model, "paper")
    assert (own.epochs, own.order) == (60, Shuffled(32))
    assert own.transforms == (Resize(), RandomHorizontalFlip(0.5))
    assert own.erase is None
    assert (own.optimizer.kind, own.optimizer.learning_rate) == ("adam", 3e-4)
    assert own.weights.label_smoothing == 0.1


def test_pcb_is_as_its_paper_has_it():
    pcb, refined = recipe("pcb", "paper"), recipe("pcb-rpp", "paper")
    assert (pcb.epochs, pcb.order, pcb.schedule) == (60, Shuffled(64), Steps((41,)))
    assert (pcb.optimizer.kind, pcb.optimizer.learning_rate) == ("sgd", 0.1)
    assert pcb.optimizer.backbone == 0.1
    assert pcb.weights.label_smoothing == 0
    assert (refined.epochs, refined.optimizer.learning_rate) == (10, 0.01)
    assert (refined.frozen_at_first, refined.trained_at_first) == (5, "pooling.")


def test_dietlmeier_s_recipe_is_as_the_paper_says():
    assert (DIETLMEIER.epochs, DIETLMEIER.order) == (100, Shuffled(32))
    assert DIETLMEIER.transforms == (
        Resize(),
        RandomHorizontalFlip(0.5),
        RandomTranslation(0.125, 0.5),
    )
    assert (DIETLMEIER.optimizer.learning_rate, DIETLMEIER.schedule.decay) == (3e-3, 0.1)


def test_an_unknown_model_is_refused():
    with pytest.raises(ConfigError, match="unknown re-ID model 'bot2': choose one of bot"):
        recipe("bot2", "paper")
