"""The name of a training says all that it depends on; recipes are the papers'."""

from dataclasses import replace
from pathlib import Path

import pytest

from passerby.datasets import ReidDataset
from passerby.reproduce.reid.trainings import hash_of, name_of, recipe_of
from passerby.reproduce.reid.twins import ConditionDataset
from passerby.train.reid.recipes import DIETLMEIER, QUICK, recipe
from passerby.train.reid.run import ReidPlan


@pytest.fixture
def plan(dataset: ReidDataset) -> ReidPlan:
    return ReidPlan(model="bot", dataset=dataset, recipe=QUICK["bot"], seed=3)


def test_the_name_is_for_people(plan: ReidPlan, dataset: ReidDataset) -> None:
    hashed = hash_of(plan, ConditionDataset(dataset))
    assert name_of(plan, hashed) == f"market1501-bot-quick-original-seed3-{hashed[:10]}"
    assert hash_of(plan, ConditionDataset(dataset)) == hashed


def test_whatever_matters_changes_the_hash(
    plan: ReidPlan, dataset: ReidDataset, tmp_path: Path
) -> None:
    weights = tmp_path / "a.pt"
    weights.write_bytes(b"first")
    images = ConditionDataset(dataset)
    hashes = [
        hash_of(plan, images),
        hash_of(plan, ConditionDataset(dataset, {"preset": "x"})),
        hash_of(replace(plan, seed=4), images),
        hash_of(replace(plan, model="hacnn"), images),
        hash_of(replace(plan, recipe=replace(plan.recipe, epochs=2)), images),
        hash_of(replace(plan, weights="imagenet"), images),
        hash_of(replace(plan, weights=weights), images),
        hash_of(replace(plan, options={"width": 0.5}), images),
        hash_of(replace(plan, dataset=replace(dataset, samples=dataset.samples[1:])), images),
    ]
    assert len(set(hashes)) == len(hashes)
    weights.write_bytes(b"second")
    assert hash_of(replace(plan, weights=weights), images) not in hashes


def test_how_fast_it_is_done_does_not_change_it(plan: ReidPlan, dataset: ReidDataset) -> None:
    hashed = hash_of(plan, ConditionDataset(dataset))
    assert hash_of(replace(plan, workers=7), ConditionDataset(dataset)) == hashed


def test_recipes_are_those_of_the_paper() -> None:
    assert recipe_of("van-rooijen", "bot", "paper") == recipe("bot", "paper")
    assert recipe_of("dietlmeier", "hacnn", "paper") == DIETLMEIER
    bot = recipe_of("dietlmeier", "bot", "paper")
    assert (bot.epochs, bot.weights.centre, bot.weights.triplet) == (120, 0.0, 1.0)
    assert bot.order.batch == 64
    for paper in ("van-rooijen", "dietlmeier"):
        assert recipe_of(paper, "bot", "quick") == recipe("bot", "quick")
