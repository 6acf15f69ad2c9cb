"""Tiny teachers, and photographs with boxes of people in them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from passerby.models.reid import create, export_network
from passerby.train.detector.collections import COLLECTIONS
from passerby.train.reid.plan import Distillation, ReidPlan
from passerby.train.reid.settings import Recipe, Shuffled
from passerby.train.reid.transforms import Resize


@pytest.fixture
def make_teacher(tmp_path: Path) -> Callable[[int], str]:
    """Export a network with random weights; returns its path."""

    def make(seed: int) -> str:
        torch.manual_seed(seed)
        network = create("bot", 2, scale="quick", size=(64, 32), width=0.125)
        network(torch.randn(4, 3, 64, 32))  # so that batch normalisation does something
        path = tmp_path / f"teacher{seed}.onnx"
        export_network(network, path)
        return str(path)

    return make


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    """A data folder with fourteen pictures of the collection ``luiz``, of one person each."""
    folder = tmp_path / "data" / COLLECTIONS["luiz"].folder
    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    rng = np.random.default_rng(0)
    for number in range(14):
        image = np.full((120, 160, 3), 30 + 10 * number, np.uint8)
        image[20:100, 60:100] = rng.integers(0, 256, 3)
        cv2.imwrite(str(folder / "images" / f"{number:02}.jpg"), image)
        (folder / "labels" / f"{number:02}.txt").write_text("0 0.5 0.5 0.25 0.66667\n")
    return tmp_path / "data"


@pytest.fixture
def make_distillation(
    make_plan: Callable[..., ReidPlan], small_recipe: Recipe, make_teacher: Callable[[int], str]
) -> Callable[..., ReidPlan]:
    """A training of a tiny MobileNetV2 by two teachers."""

    def make(**changes: object) -> ReidPlan:
        recipe = replace(
            small_recipe, order=Shuffled(6), epochs=2, transforms=(Resize(),), erase=None
        )
        plan = make_plan(
            model="mobilenet-v2",
            recipe=recipe,
            options={"width": 0.25, "channels": 16, "dimension": 8},
            distillation=Distillation(teachers=(make_teacher(1), make_teacher(2))),
        )
        return replace(plan, **changes)

    return make
