"""Trainings by teachers from end to end."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from passerby.errors import ModelError
from passerby.models.reid.checkpoint import load_network, read_card
from passerby.train.reid.plan import Distillation
from passerby.train.reid.run import train_reid


def weights_of(path):
    return torch.load(path, weights_only=True)["network"]


@pytest.mark.slow
def test_an_interrupted_distillation_ends_with_the_same_weights(
    make_distillation, photographs, tmp_path
):
    plan = make_distillation()
    plan = replace(
        plan,
        distillation=replace(plan.distillation, photographs=photographs, collections=("luiz",)),
    )
    told = []
    path = train_reid(plan, tmp_path / "whole", told.append)
    read = [(one.done, one.total) for one in told if one.stage == "photographs"]
    assert read == [(number, 12) for number in range(1, 13)]
    steps = [one for one in told if one.stage == "training"]
    assert len(steps) == 2 * ((24 + 12) // 6)
    assert set(steps[0].losses) == {"total", "direction", "similarity"}

    def stop(progress):
        if progress.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_reid(plan, tmp_path / "parts", stop)
    again = train_reid(plan, tmp_path / "parts")
    first, second = weights_of(path), weights_of(again)
    assert all(torch.equal(value, second[name]) for name, value in first.items())
    assert load_network(path).dimension == 8


@pytest.mark.slow
def test_the_network_comes_closer_to_its_teachers(make_distillation, tmp_path):
    plan = make_distillation(evaluates=False)
    plan = replace(plan, recipe=plan.recipe.over(20))
    told = []
    train_reid(plan, tmp_path / "out", told.append)
    lost = [one.losses["total"] for one in told if one.stage == "training"]
    assert np.mean(lost[-8:]) < 0.6 * np.mean(lost[:8])


@pytest.mark.slow
def test_the_card_names_teachers_and_collections_and_others_are_another_training(
    make_distillation, make_teacher, photographs, tmp_path
):
    plan = make_distillation(evaluates=False)
    plan = replace(
        plan,
        recipe=plan.recipe.over(1),
        distillation=replace(plan.distillation, photographs=photographs, collections=("luiz",)),
    )
    path = train_reid(plan, tmp_path / "out")
    told = read_card(path)["distillation"]
    assert told["teachers"] == [
        {"model": model, "sha256": hashlib.sha256(Path(model).read_bytes()).hexdigest()}
        for model in plan.distillation.teachers
    ]
    assert told["collections"] == [
        {
            "name": "luiz",
            "source": "github.com/LuizFrra/person_detector_yolo",
            "licence": "CC BY 4.0",
        }
    ]
    other = replace(plan, distillation=Distillation(teachers=(make_teacher(3),)))
    with pytest.raises(ModelError, match="was started with distillation"):
        train_reid(other, tmp_path / "out")
