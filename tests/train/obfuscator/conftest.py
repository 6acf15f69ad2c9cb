"""Bright rectangles in the place of people, and a detector that sees them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from passerby.detections import Detections
from passerby.models.detectors.differentiable import (
    DenseOutputs,
    DifferentiableDetector,
    output_matching,
)
from passerby.train.engine.loop import train
from passerby.train.engine.machine import Machine
from passerby.train.engine.progress import TrainingProgress
from passerby.train.engine.state import read_training, write_training
from passerby.train.obfuscator.crops import Crop
from passerby.train.obfuscator.detectors import ObeyedDetector
from passerby.train.obfuscator.pool import CropPool, CropSet

SIZE = (32, 64)
CELL = 8


@pytest.fixture(autouse=True)
def _processor(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Train on the processor, with one thread, wherever the tests run."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.random.fork_rng():
        yield
    torch.set_num_threads(before)


def make_crops(people: int, seed: int, *, views: int = 2) -> CropSet:
    """Draw dim noise with one rectangle each, of a bright colour that is the person's own."""
    rng = np.random.default_rng(seed)
    crops = []
    for person in range(people):
        colour = rng.integers(100, 256, 3)
        for _ in range(views):
            image = rng.integers(0, 60, (*SIZE, 3)).astype(np.uint8)
            mean = np.full_like(image, 30)
            left, top = int(rng.integers(0, 32)), int(rng.integers(0, 8))
            shown = np.zeros(SIZE, np.bool_)
            shown[top : top + 24, left : left + 16] = True
            image[shown] = colour
            box = np.array([left, top, left + 16, top + 24], np.float32)
            crops.append(Crop(image, mean, shown, box[None], box, 100 * seed + person, True))
    return CropSet.of(crops, views)


@pytest.fixture
def pool() -> CropPool:
    return CropPool(make_crops(8, 1), make_crops(4, 2))


class BrightCells(DifferentiableDetector):
    """A box for each cell of 8x8 pixels, whose score is how bright it is."""

    def forward(self, images: Tensor) -> tuple[DenseOutputs, tuple[Tensor, ...]]:
        cells = torch.nn.functional.avg_pool2d(images, CELL)
        rows, columns = cells.shape[2:]
        y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
        corners = torch.stack([x, y], dim=-1).reshape(-1, 2).float() * CELL
        boxes = torch.cat([corners, corners + CELL], dim=1).expand(len(images), -1, -1)
        return DenseOutputs(boxes, cells.mean(dim=1).flatten(1)), (cells,)

    def loss(self, images: Tensor, targets: object) -> Tensor:
        assert isinstance(targets, DenseOutputs)
        return output_matching(targets, self.outputs(images))

    @torch.no_grad()
    def decoded(
        self, images: Tensor, threshold: float = 0.1, overlap: float = 0.65
    ) -> list[Detections]:
        boxes, scores = self.outputs(images)
        return [
            Detections.of(some[strong >= threshold].numpy(), scores=strong[strong >= threshold])
            for some, strong in zip(boxes, scores.numpy(), strict=True)
        ]


@pytest.fixture
def detectors() -> list[ObeyedDetector]:
    return [ObeyedDetector("bright", BrightCells())]


@pytest.fixture
def machine() -> Machine:
    return Machine(torch.device("cpu"))


@pytest.fixture
def crops() -> Callable[..., CropSet]:
    return make_crops


@pytest.fixture
def follow(machine: Machine, tmp_path: Path) -> Callable[..., list[TrainingProgress]]:
    def followed(
        recipe: Any, name: str = "state.pt", stop: int | None = None
    ) -> list[TrainingProgress]:
        """Train, saving after each epoch; stop within a step, as an interruption does."""
        path = tmp_path / name
        told: list[TrainingProgress] = []

        def report(progress: TrainingProgress) -> None:
            told.append(progress)
            if progress.done == stop:
                raise KeyboardInterrupt

        if path.exists():
            read_training(recipe.training, {}, path)
        train(
            recipe.training,
            recipe.epochs(),
            machine,
            lambda: write_training(recipe.training, {}, path),
            report,
            seed=recipe.seed,
            remedy="try again",
        )
        return told

    return followed
