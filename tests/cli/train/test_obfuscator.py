"""The command: what it hands to the training, and what it says when that cannot be."""

import json
from pathlib import Path

import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_OK, EXIT_USAGE
from passerby.train.obfuscator import run
from passerby.train.obfuscator.recipes import obfuscator_recipe
from passerby.train.obfuscator.settings import Constrained, DeConinck, JohanssonLundberg

FIGURES = {
    "person_ap50": {"yolox-nano": 0.9},
    "fresh_attack": {"explained_people": 0.31},
    "boxes_only": {"explained_people": 0.01},
}
OF_A_FILTER = {"precision": 0.8, "auc": 0.4, "fresh_auc": 0.5, "collapsed": True}


@pytest.fixture
def plans(monkeypatch, tmp_path):
    """What the command asks for, in the place of doing it."""
    asked = []

    def train_obfuscator(plan, folder, report):
        asked.append(plan)
        folder.mkdir(exist_ok=True)
        own = OF_A_FILTER if isinstance(plan.recipe, JohanssonLundberg) else FIGURES
        card = json.dumps({"figures": own})
        (folder / run.CARD_FILE).write_text(card, encoding="utf-8")
        return folder / run.OBFUSCATOR_FILE

    monkeypatch.setattr(run, "train_obfuscator", train_obfuscator)
    monkeypatch.chdir(tmp_path)
    return asked


def train(*words):
    return main(["train", "obfuscator", "-o", "out", *words])


def test_the_defaults_are_our_recipe_on_people_who_do_not_exist(plans, capsys):
    assert train() == EXIT_OK
    (plan,) = plans
    assert plan.recipe == obfuscator_recipe("passerby", "quick")
    assert plan.sources.data == ()
    assert plan.sources.worlds > 0
    path, figures = capsys.readouterr().out.strip().splitlines()
    assert path == str(Path("out") / run.OBFUSCATOR_FILE)
    assert figures.startswith("person AP yolox-nano 0.900; a fresh attacker explains 0.310")


def test_what_a_filter_reached_is_said(plans, capsys):
    assert train("--recipe", "johansson-lundberg", "--variant", "R2", "--scale", "paper") == EXIT_OK
    (plan,) = plans
    assert plan.recipe == obfuscator_recipe("johansson-lundberg", "paper", "R2")
    assert "AUC 0.400, of a fresh re-ID 0.500; the filter collapsed" in capsys.readouterr().out


def test_options_reach_the_training(plans):
    words = "--recipe de-coninck --network shuffle --option.channels 24 --detector a --detector b"
    more = "--data x.mp4 --data y --frames 9 --worlds 0 --person-model nanodet-m --seed 4"
    measured = "--attack-steps 7 --attack-size large --no-pictures --set.epochs 3 --set.mse 0.5"
    assert train(*f"{words} {more} {measured}".split()) == EXIT_OK
    (plan,) = plans
    assert isinstance(plan.recipe, DeConinck)
    assert (plan.recipe.network, plan.recipe.options) == ("shuffle", {"channels": 24})
    assert plan.recipe.detectors == ("a", "b")
    assert (plan.recipe.epochs, plan.recipe.mse) == (3, 0.5)
    assert plan.sources.data == (Path("x.mp4"), Path("y"))
    assert (plan.sources.frames, plan.sources.worlds) == (9, 0)
    assert plan.sources.person_model == "nanodet-m"
    assert (plan.attack.steps, plan.attack.size, plan.attack.seed) == (7, "large", 4)
    assert (plan.seed, plan.pictures) == (4, False)


def test_lists_are_lists(plans):
    assert train("--set.attackers", "colours,unet-small") == EXIT_OK
    assert train("--set.attackers", "colours") == EXIT_OK
    assert [plan.recipe.attackers for plan in plans] == [("colours", "unet-small"), ("colours",)]
    assert isinstance(plans[0].recipe, Constrained)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--set.limits", "0.2"), "the recipe passerby has no limits"),
        (("--set.limit", "low"), "limit is 'low': give a value like 0.25"),
        (("--set.limit", "2"), "limit is 2"),
        (("--set.attackers", "psychic"), "no attacker 'psychic'"),
        (("--recipe", "johansson-lundberg", "--variant", "R9"), "no filter 'R9'"),
        (("--recipe", "johansson-lundberg", "--detector", "a"), "has no detectors"),
        (("--variant", "S1"), "has no variants"),
    ],
)
def test_what_the_recipe_does_not_have_is_named(plans, capsys, words, said):
    assert train(*words) == EXIT_USAGE
    assert said in capsys.readouterr().err
    assert plans == []
