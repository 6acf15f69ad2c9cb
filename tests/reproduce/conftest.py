"""People who do not exist, trainings that take a moment, and measurements made by hand."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from passerby.datasets import ReidDataset, read_dataset
from passerby.detections import Detections, Kind
from passerby.reproduce.measurement import Measurement
from passerby.reproduce.reid import faces, trainings
from passerby.reproduce.reid.case import ReidCase
from passerby.reproduce.reid.study import REID
from passerby.synth.gallery import Gallery, photograph
from passerby.train.reid.recipes import QUICK
from passerby.train.reid.settings import PKSampling, Recipe

Measure = Callable[..., Measurement]


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four people to train on, four to ask for, in the layout of Market-1501."""
    root = tmp_path_factory.mktemp("people")
    photograph(Gallery(people=8, cameras=2, images=4), root)
    return root


@pytest.fixture
def dataset(people: Path) -> ReidDataset:
    return read_dataset(people, "market1501")


@pytest.fixture
def small_recipe() -> Recipe:
    """An epoch of the quick recipe, from small images, with few channels."""
    return replace(
        QUICK["bot"],
        epochs=1,
        order=PKSampling(2, 2),
        size=(64, 32),
        options={"width": 0.125},
        ema_decay=0.0,
    )


@pytest.fixture
def quick_trainings(monkeypatch: pytest.MonkeyPatch, small_recipe: Recipe) -> Iterator[None]:
    """Train by that recipe, whatever is asked for, in one thread of the processor."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(trainings, "recipe", lambda _model, _scale: small_recipe)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def faces_on_top(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find a face on every picture by the first camera of a person, in the place of a network."""

    def find(image: np.ndarray) -> Detections:
        if image[0, 0].sum() % 2:
            return Detections.none()
        return Detections.of([[24.0, 4, 40, 22]], [0.875], Kind.FACE)

    monkeypatch.setattr(faces, "_detector", lambda: find)
    monkeypatch.setattr(faces, "model_hashes", lambda _kinds, _settings: {"finder": "5f"})


@pytest.fixture
def measurement() -> Measure:
    """Make a measurement of sixteen queries of four people by hand."""

    def make(case: ReidCase, average: float, *, seed: int = 0, spread: float = 5.0) -> Measurement:
        noise = np.random.default_rng(seed).normal(scale=spread, size=16)
        queries = average + noise - noise.mean()
        return Measurement(
            study=REID.name,
            case=case,
            scale="quick",
            seed=seed,
            made_from={"training": "a", "index": "i", "images": "b", "rules": {}},
            figures=dict.fromkeys(("mAP", "rank1", "rank5", "rank10"), average),
            groups=np.repeat([1, 2, 3, 4], 4),
            by_item={"mAP": queries, "rank1": queries.round(-1)},
            training={
                "name": "t",
                "recipe": {"epochs": 1},
                "anonymized_by": None,
                "made_by": {"commit": "e", "machine": "n"},
                "faces": None,
                "weights": {"kind": "scratch", "sha256": "", "note": ""},
            },
            stamp={"command": "c", "commit": "d", "machine": "m", "versions": {"python": "3"}},
        )

    return make
