"""Batches of views with what teachers say of them, each a function of its place."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from passerby.geometry import Size
from passerby.signatures.describer import Rows
from passerby.train.reid.batches import Batch
from passerby.train.reid.distillation.crops import PersonCrop
from passerby.train.reid.distillation.teachers import Teachers
from passerby.train.reid.distillation.views import disguised, head_covered, recombined, seen
from passerby.train.reid.samplers import SampleIndices, batches_of
from passerby.train.reid.settings import Recipe
from passerby.train.reid.transforms import ErasedBox
from passerby.types import Image

__all__ = ["DistillationComposer"]

_VIEW = 256, 128
"""Height and width of what teachers see."""

_RECOMBINED = 0.35
"""Share of views in which the lower half is another person's."""


@dataclass(frozen=True, eq=False)
class DistillationComposer:
    """Makes batches: each view twice, as it is and with the head covered.

    What is done at random depends on the seed, the epoch and the place in the epoch alone.

    Attributes:
        crops: To learn from.
        teachers: Describe each clear view.
        recipe: Of the training; its transforms change what the small network sees, and not what
            the teachers see.
        size: Height and width of what the small network sees.
        seed: Of the training.
    """

    crops: Sequence[PersonCrop]
    teachers: Teachers
    recipe: Recipe
    size: Size
    seed: int

    def epoch(self, epoch: int) -> SampleIndices:
        """Return which crops are in each batch of an epoch, shape (batches, batch)."""
        labels = np.arange(len(self.crops))
        return batches_of(self.recipe.order, labels, self.seed, epoch)

    def batch(self, epoch: int, chosen: SampleIndices, first: int) -> Batch:
        """Compose a batch; its labels are what the teachers say, shape (2 B, d).

        Args:
            epoch: From 0.
            chosen: Which crops are in it.
            first: Place in the epoch of the first of them.
        """
        views, clear, hidden = [], [], []
        for number, index in enumerate(chosen):
            rng = np.random.default_rng([self.seed, epoch, 2, first + number])
            view = self._view(int(index), rng)
            hiding = head_covered(view, rng)
            views.append(view)
            clear.append(self._shown(view, rng))
            hidden.append(self._shown(hiding, rng))
        targets = self.teachers(np.stack(views))
        images, erased = zip(*clear, *hidden, strict=True)
        return Batch(
            torch.from_numpy(np.stack(images)),
            torch.from_numpy(np.concatenate([targets, targets])),
            erased if self.recipe.erase is not None else (),
        )

    def targets(self, count: int) -> Rows:
        """Return what the teachers say of the views of the first batches, shape (n, d).

        Args:
            count: Of views, rounded up to whole batches.
        """
        rows = self.epoch(0)
        batches = -(-count // rows.shape[1])
        parts = [
            self.batch(0, chosen, number * rows.shape[1]).labels[: rows.shape[1]].numpy()
            for number, chosen in enumerate(rows[:batches])
        ]
        return np.concatenate(parts)

    def _view(self, index: int, rng: np.random.Generator) -> Image:
        view = seen(self.crops[index], _VIEW, rng)
        if rng.random() < _RECOMBINED:
            other = self.crops[int(rng.integers(len(self.crops)))]
            view = recombined(view, disguised(seen(other, _VIEW, rng), rng), rng)
        return disguised(view, rng)

    def _shown(self, view: Image, rng: np.random.Generator) -> tuple[Image, ErasedBox]:
        """Return what the small network sees of a view, and which box of it is erased."""
        for transform in self.recipe.transforms:
            view = transform(view, self.size, rng)
        erase = self.recipe.erase
        return view, (0, 0, 0, 0) if erase is None else erase.box(self.size, rng)
