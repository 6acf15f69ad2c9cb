"""Every recipe can be followed to its end, across all that changes on the way."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from passerby.datasets import ReidDataset, Sample
from passerby.errors import OutputError
from passerby.models import torch_files
from passerby.models.cards import Scale
from passerby.models.reid import REID_MODELS
from passerby.models.reid.checkpoint import load_network
from passerby.train.engine.progress import TrainingProgress
from passerby.train.reid.recipes import STARTS_FROM, recipe
from passerby.train.reid.run import ReidPlan, train_reid
from passerby.train.reid.settings import PKSampling, Recipe, Shuffled

EPOCHS = 4
SCALES: tuple[Scale, ...] = ("paper", "quick")


@pytest.fixture(autouse=True)
def _same_everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On the processor, with one thread and in full precision, wherever the tests run."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.random.fork_rng():
        yield
    torch.set_num_threads(threads)


@pytest.fixture
def people(tmp_path: Path) -> ReidDataset:
    """Two people with four images each."""
    rng = np.random.default_rng(0)
    samples = []
    for identity in (1, 2):
        colour = rng.integers(60, 200, 3)
        for image in range(4):
            name = f"{identity}_{image}.png"
            picture = colour + rng.integers(0, 50, (40, 20, 3))
            cv2.imwrite(str(tmp_path / name), picture.astype(np.uint8))
            samples.append(Sample(name, identity, 1 + image % 2, "train"))
    return ReidDataset("people", tmp_path, tuple(samples))


def short(model: str, scale: Scale) -> Recipe:
    """A recipe over few epochs of few tiny images; what changes on the way moves along."""
    own = recipe(model, scale).over(EPOCHS)
    in_groups = isinstance(own.order, PKSampling)
    order = PKSampling(2, 2) if in_groups else Shuffled(4)
    return replace(own, size=(32, 32), order=order)


def train(
    model: str, scale: Scale, people: ReidDataset, folder: Path
) -> tuple[dict[str, Tensor], list[TrainingProgress]]:
    """Follow a recipe, after that of the model that it starts from; gives weights and steps."""
    first, weights = STARTS_FROM.get(model), "scratch"
    if first is not None:
        train(first, scale, people, folder)
        weights = str(folder / first / "model.pt")
    plan = ReidPlan(
        model=model,
        dataset=people,
        recipe=short(model, scale),
        weights=weights,
        workers=0,
        options={"width": 0.05},
        evaluates=False,
    )
    told: list[TrainingProgress] = []
    path = train_reid(plan, folder / model, told.append)
    return load_network(path).state_dict(), [one for one in told if one.losses]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("model", REID_MODELS)
def test_a_recipe_can_be_followed_to_its_end(
    model: str, scale: Scale, people: ReidDataset, tmp_path: Path
) -> None:
    weights, steps = train(model, scale, people, tmp_path / "out")
    assert [one.epoch for one in steps] == [1, 1, 2, 2, 3, 3, 4, 4]
    assert len({one.learning_rate for one in steps}) > 1 or not varies(short(model, scale))
    assert all(value.isfinite().all() for value in weights.values())


def varies(own: Recipe) -> bool:
    """Whether the learning rate of a recipe ever changes."""
    return len({own.schedule.factor(done, EPOCHS) for done in range(EPOCHS)}) > 1


@pytest.mark.parametrize("scale", SCALES)
def test_refined_parts_are_learned_alone_and_then_with_all_else(
    scale: Scale, people: ReidDataset, tmp_path: Path
) -> None:
    assert short("pcb-rpp", scale).frozen_at_first == EPOCHS // 2
    weights, _ = train("pcb-rpp", scale, people, tmp_path / "out")
    before = load_network(tmp_path / "out/pcb/model.pt").state_dict()
    learned = [name for name in before if name.endswith(("weight", "bias"))]
    assert [name for name in learned if torch.equal(before[name], weights[name])] == []


@pytest.mark.parametrize("done", [EPOCHS // 2 - 1, EPOCHS // 2])
def test_refined_parts_interrupted_about_that_end_with_the_same_bits(
    done: int, people: ReidDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, _ = train("pcb-rpp", "quick", people, tmp_path / "whole")
    shutil.copytree(tmp_path / "whole/pcb", tmp_path / "halted/pcb")
    with monkeypatch.context() as patch:
        fill_disk_after(done, patch)
        with pytest.raises(OutputError):
            train("pcb-rpp", "quick", people, tmp_path / "halted")
    again, steps = train("pcb-rpp", "quick", people, tmp_path / "halted")
    assert steps[0].epoch == done + 1
    assert all(torch.equal(value, again[name]) for name, value in whole.items())


def fill_disk_after(epochs: int, patch: pytest.MonkeyPatch) -> None:
    """Let no more states than so many be written."""
    save, saved = torch.save, []

    def fail(content: object, path: Path) -> None:
        saved.append(path)
        if len(saved) > epochs:
            raise OSError(28, "No space left on device")
        save(content, path)

    patch.setattr(torch_files.torch, "save", fail)
