"""Scenes of red rectangles, which can be found again wherever they were put."""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pytest
import torch

from passerby.models.detectors.people import PeopleNetwork
from passerby.train.detector import loop
from passerby.train.detector.cutouts import Cutout
from passerby.train.detector.example import LabelledScene, Labels
from passerby.types import Image

RED = (0, 0, 220)
"""BGR of whoever is in a scene; nothing else is as red."""


@pytest.fixture(autouse=True)
def _processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train on the processor, in full precision, wherever the tests run."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)


class RedPeople:
    """A pool of scenes with one to three people, red rectangles with a head each."""

    def __init__(self) -> None:
        self.cutouts: list[Cutout] = []

    def draw(self, rng: np.random.Generator) -> LabelledScene:
        image = rng.integers(0, 90, (96, 128, 3)).astype(np.uint8)
        people, heads = [], []
        for _ in range(int(rng.integers(1, 4))):
            left, top = int(rng.integers(0, 90)), int(rng.integers(0, 40))
            width, height = int(rng.integers(14, 30)), int(rng.integers(40, 56))
            image[top : top + height, left : left + width] = RED
            people.append((left, top, left + width, top + height))
            heads.append((left + width // 4, top, left + width * 3 // 4, top + height // 5))
        return LabelledScene(image, Labels.of(people, heads))


@pytest.fixture
def red_people() -> RedPeople:
    return RedPeople()


@pytest.fixture
def red_scene() -> Callable[..., LabelledScene]:
    """A black picture with one red rectangle, which is a person."""

    def make(box: tuple[int, int, int, int], size: tuple[int, int] = (80, 60)) -> LabelledScene:
        image = np.zeros((size[1], size[0], 3), np.uint8)
        left, top, right, bottom = box
        image[top:bottom, left:right] = RED
        return LabelledScene(image, Labels.of([box]))

    return make


@pytest.fixture
def reddest() -> Callable[[Image], npt.NDArray[np.bool_]]:
    """Where a picture is red."""

    def find(image: Image) -> npt.NDArray[np.bool_]:
        blue, green, red = np.moveaxis(image.astype(int), 2, 0)
        found: npt.NDArray[np.bool_] = red > 110 + (blue + green) / 2
        return found

    return find


@pytest.fixture
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a network learn that is built alike, but of few channels."""
    small = partial(PeopleNetwork, widths=(8, 8, 16, 16, 16), depths=(1, 1, 1, 1), neck=8)
    monkeypatch.setattr(loop, "PeopleNetwork", small)
