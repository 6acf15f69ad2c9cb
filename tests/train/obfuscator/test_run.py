"""A tiny training from end to end, by each recipe."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from passerby.errors import ModelError, OutputError
from passerby.files.output_folder import OutputFolder
from passerby.models.obfuscation_network import ObfuscationNetwork
from passerby.models.obfuscators import read_obfuscator
from passerby.train.obfuscator import run as module
from passerby.train.obfuscator.data_sources import FrameSources
from passerby.train.obfuscator.fresh_attack import AttackSettings
from passerby.train.obfuscator.run import (
    CARD_FILE,
    CHECKPOINT_FILE,
    OBFUSCATOR_FILE,
    ObfuscatorPlan,
    train_obfuscator,
)
from passerby.train.obfuscator.settings import (
    Constrained,
    DeConinck,
    JohanssonLundberg,
    Silhouettes,
)

SMALL = {"channels": 8, "depth": 1}
RECIPES = {
    "passerby": Constrained(
        options=SMALL,
        steps=4,
        epoch_steps=2,
        batch=4,
        attackers=("convolution",),
        fresh_steps=1,
        candidates=1,
        limit=0.3,
    ),
    "silhouettes": Silhouettes(
        options={"channels": 8},
        seeing_steps=2,
        outline_steps=1,
        drawing_steps=1,
        epoch_steps=2,
        batch=4,
        drawing_batch=4,
    ),
    "de-coninck": DeConinck(network="shuffle", options=SMALL, epochs=2, steps=1, batch=4),
    "johansson-lundberg": JohanssonLundberg(
        detector_width=0.1,
        detector_channels=(8, 8, 8),
        reid_width=0.05,
        reid_size=32,
        epochs=2,
        steps=1,
        batch=4,
        measured=10,
    ),
}
FILES = {
    *(OBFUSCATOR_FILE, CHECKPOINT_FILE, CARD_FILE),
    *("state.pt", "losses.csv", "losses.png", "diagnosis.csv"),
}


def plan(name="passerby", **changes):
    attack = AttackSettings(size="small", steps=1, batch=2, measured=1)
    settings = {"sources": FrameSources(worlds=1), "attack": attack, "pictures": False, **changes}
    return ObfuscatorPlan(recipe=RECIPES[name], **settings)


@pytest.fixture(autouse=True)
def _given(monkeypatch, pool, detectors):
    monkeypatch.setattr(module, "read_pool", lambda *_: pool)
    monkeypatch.setattr(module, "open_detectors", lambda *_: detectors)


@pytest.mark.parametrize("name", list(RECIPES))
def test_every_recipe_ends_with_a_network_that_can_be_used(name, tmp_path):
    told = []
    path = train_obfuscator(plan(name), tmp_path / "out", told.append)
    assert {one.name for one in path.parent.iterdir()} - {".lock"} == FILES
    frame = np.full((50, 70, 3), 90, np.uint8)
    assert ObfuscationNetwork(path)(frame).shape == frame.shape
    network, card = read_obfuscator(path.with_name(CHECKPOINT_FILE))
    assert network.name == card["architecture"]
    written = json.loads(path.with_name(CARD_FILE).read_text(encoding="utf-8"))
    assert written["size"] == path.stat().st_size
    assert {**written, **card} == written
    assert written["figures"]
    notes = [one.note for one in told if one.note]
    assert len(notes) == 2
    assert all(note.startswith("after ") for note in notes)


def test_the_same_command_goes_on_and_ends_alike(tmp_path):
    first, second = (train_obfuscator(plan(), tmp_path / name) for name in ("a", "b"))
    told = []
    again = train_obfuscator(plan(), tmp_path / "a", told.append)
    assert not any(one.losses for one in told)
    assert again.read_bytes() == first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("name", list(RECIPES))
def test_an_interrupted_training_goes_on_and_ends_with_the_same_bits(name, tmp_path):
    """It is interrupted in the second of two epochs; what is on disk is of the first."""

    def interrupt(progress):
        if progress.losses and progress.done == saved + 1:
            raise KeyboardInterrupt

    whole, steps = [], []
    path = train_obfuscator(plan(name), tmp_path / "whole", whole.append)
    taken = [one.done for one in whole if one.losses]
    saved = taken[-1] // 2
    with pytest.raises(KeyboardInterrupt):
        train_obfuscator(plan(name), tmp_path / "again", interrupt)
    again = train_obfuscator(plan(name), tmp_path / "again", steps.append)
    assert [one.done for one in steps if one.losses] == taken[saved:]
    assert again.read_bytes() == path.read_bytes()


def test_other_settings_are_refused(tmp_path):
    train_obfuscator(plan(), tmp_path)
    other = replace(plan(), recipe=replace(RECIPES["passerby"], limit=0.5))
    with pytest.raises(ModelError, match=r"was started with recipe.limit 0.3, not 0.5"):
        train_obfuscator(other, tmp_path)
    with pytest.raises(ModelError, match="was started with seed 0, not 1"):
        train_obfuscator(plan(seed=1), tmp_path)


@pytest.mark.parametrize(
    ("data", "ships"),
    [
        ((), True),
        (("data/people/css",), True),
        (("data/people/css", "street.mp4"), False),
        (("data/people/scut-head",), False),
    ],
)
def test_the_card_says_whether_the_weights_may_be_given_away(data, ships, tmp_path):
    sources = FrameSources(data=tuple(map(Path, data)), worlds=1)
    path = train_obfuscator(plan(sources=sources), tmp_path)
    card = json.loads(path.with_name(CARD_FILE).read_text(encoding="utf-8"))
    assert card["ships"] is ships
    assert len(card["sources"]) == len(data)
    assert all(source["licence"] for source in card["sources"])


def test_two_trainings_do_not_write_into_one_folder(tmp_path):
    with (
        OutputFolder.made(tmp_path / "out").locked(),
        pytest.raises(OutputError, match="is being written into by another run"),
    ):
        train_obfuscator(plan(), tmp_path / "out")


def test_a_picture_is_drawn_of_each_epoch(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(module, "write_live_picture", lambda path, *_: drawn.append(path.name))
    train_obfuscator(plan(pictures=True), tmp_path)
    assert drawn == ["epoch-00001.png", "epoch-00002.png"]


def test_a_broken_attacker_is_shouted_about(tmp_path, monkeypatch):
    monkeypatch.setattr(module.Diagnosis, "warning", lambda _self: "BROKEN ATTACKER: all")
    told = []
    train_obfuscator(plan(), tmp_path, told.append)
    assert [one.warning for one in told if one.warning] == ["BROKEN ATTACKER: all"] * 2
