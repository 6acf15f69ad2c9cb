"""Batches of composed pictures, made in the background, each a function of seed and number."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from passerby.process import begin_child
from passerby.train.detector.example import Labels
from passerby.train.detector.mosaic import compose
from passerby.train.detector.pool import Pool
from passerby.train.detector.settings import TrainingSettings
from passerby.train.detector.teacher import Advice, Teacher

__all__ = ["Batch", "Composer", "batches"]


class Batch(NamedTuple):
    """Pictures of one size.

    Attributes:
        images: Shape (B, 3, size, size), uint8, BGR.
        labels: B of them.
        advice: B of them, or none.
    """

    images: torch.Tensor
    labels: list[Labels]
    advice: list[Advice]


class Composer(Dataset[Batch]):
    """Makes batch number ``index``, the same each time it is asked.

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

    def __getitem__(self, index: int) -> Batch:
        rng = np.random.default_rng([self._settings.seed, index])
        size = int(rng.choice(self._settings.sizes))
        scenes = [
            compose(self._pool.draw, self._pool.cutouts, size, rng)
            for _ in range(self._settings.batch)
        ]
        images = np.stack([scene.image for scene in scenes]).transpose(0, 3, 1, 2)
        advice = [self._teacher(scene.image) for scene in scenes] if self._teacher else []
        labels = [scene.labels for scene in scenes]
        return Batch(torch.from_numpy(np.ascontiguousarray(images)), labels, advice)


def batches(composer: Composer, first: int, workers: int) -> Iterator[Batch]:
    """Yield batches from number ``first`` to the last, made by ``workers`` processes.

    Meanwhile OpenCV has one thread: a process that is copied while it has more waits for ever for
    those that were not copied.
    """
    loader = DataLoader(
        composer,
        sampler=range(first, len(composer)),
        batch_size=None,
        collate_fn=_as_it_is,  # type: ignore[arg-type]
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        worker_init_fn=partial(_begin, os.getpid()),
    )
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield from loader
    finally:
        cv2.setNumThreads(threads)


def _begin(parent: int, _number: int) -> None:
    """Let a process end with the training, which alone hears Ctrl-C and the like."""
    begin_child(parent)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _as_it_is(batch: Batch) -> Batch:
    """Keep arrays arrays, which the loader would turn into tensors."""
    return batch
