"""People of one colour each, seen by two cameras, which a tiny network tells apart."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from passerby.datasets import ReidDataset, Sample
from passerby.train.reid.recipes import recipe
from passerby.train.reid.run import ReidPlan
from passerby.train.reid.settings import PKSampling, Recipe
from passerby.train.reid.transforms import RandomErasing

PEOPLE = 4
SIZE = (32, 32)

MakePeople = Callable[..., ReidDataset]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Sums that threads split differently would not be equal to the last bit."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.random.fork_rng():
        yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train on the processor, in full precision, wherever the tests run."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)


@pytest.fixture
def make_people(tmp_path: Path) -> MakePeople:
    """Paint a data set; identities 1 to ``people`` are learned from and, as others, tested on."""

    def make(people: int = PEOPLE, images: int = 3, cameras: int = 2) -> ReidDataset:
        rng = np.random.default_rng(0)
        samples = []
        for identity in range(1, people + 1):
            colour = rng.integers(60, 256, 3)
            for camera in range(1, cameras + 1):
                for image in range(images):
                    subset = "train"
                    name = f"{identity}_c{camera}_{image}"
                    samples.append(painted(tmp_path, name, identity, camera, subset, colour, rng))
                subset = "query" if camera == 1 else "gallery"
                other = identity + 100
                name = f"{other}_c{camera}"
                samples.append(painted(tmp_path, name, other, camera, subset, colour, rng))
        return ReidDataset("people", tmp_path / "people", tuple(samples))

    return make


def painted(folder, name, identity, camera, subset, colour, rng) -> Sample:
    """Write a picture of one colour with some noise, darker by the second camera."""
    path = f"{name}.png"
    image = colour / camera + rng.integers(0, 40, (40, 20, 3))
    (folder / "people").mkdir(exist_ok=True)
    cv2.imwrite(str(folder / "people" / path), image.clip(0, 255).astype(np.uint8))
    return Sample(path, identity, camera, subset)


@pytest.fixture
def small_recipe() -> Recipe:
    """The quick recipe of BoT with three people and two images a batch."""
    order = PKSampling(3, 2)
    return replace(
        recipe("bot", "quick"), epochs=3, size=SIZE, order=order, erase=RandomErasing(0.5)
    )


@pytest.fixture
def make_plan(make_people: MakePeople, small_recipe: Recipe) -> Callable[..., ReidPlan]:
    """A training of a tiny BoT."""

    def make(dataset: ReidDataset | None = None, **changes: object) -> ReidPlan:
        plan = ReidPlan(
            model="bot",
            dataset=dataset or make_people(),
            recipe=small_recipe,
            workers=0,
            options={"width": 0.125},
        )
        return replace(plan, **changes)

    return make
