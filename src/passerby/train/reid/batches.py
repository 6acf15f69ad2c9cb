"""Batches of images, prepared by threads beside the training, each a function of its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from passerby.geometry import Size
from passerby.train.engine.ahead import made_ahead
from passerby.train.engine.machine import Share
from passerby.train.reid.pictures import Pictures
from passerby.train.reid.samplers import SampleIndices, batches_of, share_of
from passerby.train.reid.settings import Recipe
from passerby.train.reid.transforms import ErasedBox

__all__ = ["Batch", "BatchComposer", "Composer", "epoch_batches", "erase", "normalised"]

_MEAN = 0.485, 0.456, 0.406
_DEVIATION = 0.229, 0.224, 0.225
"""Of ImageNet, RGB, 0-1."""

_WHOLE = Share()
"""One process computes all of each batch at once."""


class Batch(NamedTuple):
    """Images that are not normalised yet.

    Attributes:
        images: Shape (B, height, width, 3), uint8, BGR.
        labels: Shape (B,), who is in them; or (B, d), what teachers say of them.
        erased: Rectangle of each image that is erased; empty where nothing is.
    """

    images: Tensor
    labels: Tensor
    erased: tuple[ErasedBox, ...]

    def first(self, count: int) -> "Batch":
        """Return the batch of the first so many images."""
        return Batch(self.images[:count], self.labels[:count], self.erased[:count])


class BatchComposer(Protocol):
    """Makes batches; what is random in them depends on their place in the training alone.

    Attributes:
        recipe: Of the training.
        seed: Of the training.
    """

    @property
    def recipe(self) -> Recipe: ...  # noqa: D102 - an attribute

    @property
    def seed(self) -> int: ...  # noqa: D102 - an attribute

    def epoch(self, epoch: int) -> SampleIndices:
        """Return which pictures are in each batch of an epoch, shape (batches, batch)."""
        ...

    def batch(self, epoch: int, chosen: SampleIndices, first: int) -> Batch:
        """Compose a batch; see `Composer.batch`."""
        ...


@dataclass(frozen=True, eq=False)
class Composer:
    """Makes batches.

    What is done to a picture at random depends on the seed, the epoch and its place in the epoch,
    and on nothing else: not on threads, nor on how batches are split.

    Attributes:
        pictures: To learn from.
        labels: Shape (n,), who is in them.
        recipe: Of the training.
        size: Height and width of images.
        seed: Of the training.
    """

    pictures: Pictures
    labels: SampleIndices
    recipe: Recipe
    size: Size
    seed: int

    def epoch(self, epoch: int) -> SampleIndices:
        """Return which pictures are in each batch of an epoch, shape (batches, batch)."""
        return batches_of(self.recipe.order, self.labels, self.seed, epoch)

    def batch(self, epoch: int, chosen: SampleIndices, first: int) -> Batch:
        """Compose a batch.

        Args:
            epoch: From 0.
            chosen: Which pictures are in it.
            first: Place in the epoch of the first of them.
        """
        images = np.empty((len(chosen), *self.size, 3), np.uint8)
        erased = []
        for number, index in enumerate(chosen):
            rng = np.random.default_rng([self.seed, epoch, 2, first + number])
            image = self.pictures[int(index)]
            for transform in self.recipe.transforms:
                image = transform(image, self.size, rng)
            images[number] = image
            if self.recipe.erase is not None:
                erased.append(self.recipe.erase.box(self.size, rng))
        labels = torch.from_numpy(self.labels[chosen])
        return Batch(torch.from_numpy(images), labels, tuple(erased))


def epoch_batches(
    composer: BatchComposer, epoch: int, share: Share = _WHOLE, workers: int = 1
) -> Iterator[tuple[Batch, ...]]:
    """Yield the batches of an epoch in order, each as the parts that are this process's.

    Args:
        composer: Makes them.
        epoch: From 0.
        share: Which part of each batch is composed.
        workers: Threads that do it; 0 for this one.
    """
    rows = composer.epoch(epoch)
    slices = [
        share_of(composer.recipe, part, share.processes * share.accumulate) for part in share.parts
    ]

    def compose(number: int) -> tuple[Batch, ...]:
        first = number * rows.shape[1]
        return tuple(
            composer.batch(epoch, rows[number, part], first + part.start) for part in slices
        )

    yield from made_ahead(compose, range(len(rows)), workers)


def normalised(images: Tensor, device: torch.device) -> Tensor:
    """Turn images of shape (B, height, width, 3), uint8, BGR, into what networks take.

    Returns:
        Shape (B, 3, height, width), RGB less ImageNet's mean over its deviation, channels last in
        memory.
    """
    if device.type == "cuda":
        images = images.pin_memory().to(device, non_blocking=True)
    mean, deviation = (torch.tensor(of, device=device).view(3, 1, 1) for of in (_MEAN, _DEVIATION))
    rgb = images.flip(3).permute(0, 3, 1, 2)
    return rgb.float().div_(255).sub_(mean).div_(deviation)


def erase(
    images: Tensor, erased: tuple[ErasedBox, ...], colour: tuple[float, float, float]
) -> None:
    """Fill a rectangle in each of the normalised images, shape (B, 3, height, width)."""
    filling = torch.tensor(colour, device=images.device).view(3, 1, 1)
    for image, (top, left, bottom, right) in zip(images, erased, strict=True):
        image[:, top:bottom, left:right] = filling
