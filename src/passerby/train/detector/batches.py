"""Batches of composed pictures, made in the background, each a function of seed and number."""

from collections.abc import Generator
from typing import NamedTuple

import cv2
import numpy as np
import torch

from passerby.train.detector.example import Labels
from passerby.train.detector.mosaic import compose
from passerby.train.detector.pool import Pool
from passerby.train.detector.settings import TrainingSettings
from passerby.train.detector.teacher import Advice, Teacher
from passerby.train.engine.ahead import made_ahead

__all__ = ["SceneBatch", "SceneComposer", "detector_batches"]


class SceneBatch(NamedTuple):
    """Pictures of one size.

    Attributes:
        images: Shape (B, 3, size, size), uint8, BGR.
        labels: B of them.
        advice: B of them, or none.
    """

    images: torch.Tensor
    labels: list[Labels]
    advice: list[Advice]


class SceneComposer:
    """Makes batches; it may be used by several threads at a time.

    Args:
        pool: What to draw from.
        teacher: Whose advice to add, or None.
        settings: Of the training.
    """

    def __init__(self, pool: Pool, teacher: Teacher | None, settings: TrainingSettings) -> None:
        self._pool = pool
        self._teacher = teacher
        self._settings = settings

    def __len__(self) -> int:
        return self._settings.steps

    def batch(self, number: int) -> SceneBatch:
        """Make a batch, the same each time it is asked for."""
        rng = np.random.default_rng([self._settings.seed, number])
        size = int(rng.choice(self._settings.sizes))
        scenes = [
            compose(self._pool.draw, self._pool.cutouts, size, rng)
            for _ in range(self._settings.batch)
        ]
        images = np.stack([scene.image for scene in scenes]).transpose(0, 3, 1, 2)
        advice = [self._teacher(scene.image) for scene in scenes] if self._teacher else []
        labels = [scene.labels for scene in scenes]
        return SceneBatch(torch.from_numpy(np.ascontiguousarray(images)), labels, advice)


def detector_batches(
    composer: SceneComposer, first: int, workers: int
) -> Generator[SceneBatch, None, None]:
    """Yield batches from number ``first`` to the last, made by ``workers`` threads.

    Meanwhile OpenCV has one thread for each of them, and no more; close the generator in the end.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield from made_ahead(composer.batch, range(first, len(composer)), workers)
    finally:
        cv2.setNumThreads(threads)
