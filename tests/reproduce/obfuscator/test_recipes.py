"""Trainings that tables ask for: by the recipes, once, and read again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from passerby.reproduce.obfuscator.recipes import RecipeTrainer
from passerby.reproduce.obfuscator.trainers import TRAINERS, TrainingOrder
from passerby.train.obfuscator import recipes, run
from passerby.train.obfuscator.fresh_attack import AttackSettings
from passerby.train.obfuscator.settings import JohanssonLundberg

FILTER = JohanssonLundberg(
    detector_width=0.1,
    detector_channels=(8, 8, 8),
    reid_width=0.05,
    reid_size=32,
    epochs=2,
    steps=1,
    batch=4,
    measured=10,
)
ORDER = TrainingOrder(variant="S2", pictures="squares")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter of two steps, attacked for one."""
    monkeypatch.setattr(recipes, "obfuscator_recipe", lambda *_asked: FILTER)
    train = run.train_obfuscator

    def quickly(plan, folder, report):
        attack = AttackSettings(size="small", steps=1, batch=2, measured=1)
        return train(replace(plan, attack=attack, pictures=False), folder, report)

    monkeypatch.setattr(run, "train_obfuscator", quickly)


def test_both_recipes_are_known() -> None:
    assert set(TRAINERS) == {"de-coninck", "johansson-lundberg"}


def test_an_order_becomes_a_plan(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mkv"
    order = TrainingOrder(clip=clip, detector="passerby-people", width=0.5, scale="paper", seed=3)
    plan = RecipeTrainer("de-coninck")._plan(order)
    assert plan.recipe.detectors == ("passerby-people",)
    assert plan.recipe.options == {"width": 0.5}
    assert (plan.recipe.epochs, plan.recipe.obfuscator_rate) == (30, 1e-2)
    assert (plan.sources.data, plan.sources.worlds, plan.seed) == ((clip,), 0, 3)
    quick = RecipeTrainer("de-coninck")._plan(replace(order, scale="quick"))
    assert quick.recipe.options == {"width": 0.125}
    filter_plan = RecipeTrainer("johansson-lundberg")._plan(
        TrainingOrder(variant="R4", pictures="top-down", scale="paper")
    )
    assert filter_plan.recipe.kernels == (7, 9, 9, 7, 3)


def test_fingerprints_differ_in_what_the_outcome_depends_on(tmp_path: Path) -> None:
    clips = [tmp_path / "a.mkv", tmp_path / "b.mkv"]
    for clip in clips:
        clip.write_bytes(clip.name.encode())
    trainer = RecipeTrainer("de-coninck")
    order = TrainingOrder(clip=clips[0], detector="passerby-people")
    others = [
        order,
        replace(order, clip=clips[1]),
        replace(order, width=0.5),
        replace(order, seed=1),
        replace(order, scale="paper"),
    ]
    assert len({trainer.fingerprint(one) for one in others}) == 5
    before = trainer.fingerprint(order)
    renamed = clips[0].rename(tmp_path / "c.mkv")
    assert trainer.fingerprint(replace(order, clip=renamed)) == before


@pytest.mark.slow
@pytest.mark.usefixtures("short")
def test_a_filter_is_trained_once_and_obfuscates_frames(tmp_path: Path, monkeypatch) -> None:
    told: list[str] = []
    trainer = RecipeTrainer("johansson-lundberg")
    trained = trainer.train(ORDER, tmp_path / "S2", lambda what, _done, _total: told.append(what))
    assert set(trained.figures) == {"AP", "AUC", "fresh AUC"}
    assert all(0 <= value <= 1 for value in trained.figures.values())
    assert trained.facts["recipe_kind"] == "JohanssonLundberg"
    assert {"commit", "machine"} <= set(trained.facts["made_by"])
    assert any(what.startswith("S2: training") for what in told)
    frame = np.random.default_rng(0).integers(0, 256, (30, 41, 3)).astype(np.uint8)
    obfuscated = trained.obfuscate(frame)
    assert (obfuscated.shape, obfuscated.dtype) == (frame.shape, np.uint8)
    monkeypatch.setattr(run, "train_obfuscator", lambda *_asked: pytest.fail("trained again"))
    again = trainer.train(ORDER, tmp_path / "S2", lambda *_told: None)
    assert again.figures == trained.figures
    np.testing.assert_array_equal(again.obfuscate(frame), obfuscated)
