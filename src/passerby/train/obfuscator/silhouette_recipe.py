"""Ours, without attackers: learn where people are, then learn to draw what detectors need.

The network `silhouette` has two halves, and a few bits between them. The first learns where people
are and nothing else, from outlines, whatever people wear. The second is given no more than the
first one says, and learns to draw it so that detectors find it. No attacker has to be kept at bay:
what can be told is bounded by what the first half was taught to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from passerby.models.obfuscators import Obfuscator, SilhouetteObfuscator, create_obfuscator
from passerby.train.engine.ema import averaged_copy
from passerby.train.engine.loop import Epoch
from passerby.train.engine.machine import Machine
from passerby.train.engine.progress import Report
from passerby.train.obfuscator.adversarial import AdversarialTraining, Diagnosis, learn_from
from passerby.train.obfuscator.channel import eight_bits, jpeg
from passerby.train.obfuscator.conclusion import measure_obfuscator
from passerby.train.obfuscator.detectors import ObeyedDetector
from passerby.train.obfuscator.fresh_attack import AttackSettings
from passerby.train.obfuscator.pool import CropBatch, CropPool
from passerby.train.obfuscator.private_start import Outlines, outline_drawing, redressed
from passerby.train.obfuscator.settings import Silhouettes
from passerby.train.obfuscator.variations import (
    as_another_camera,
    placed_anew,
    put_elsewhere,
)

__all__ = ["SilhouetteRecipe"]

_LONGEST_GRADIENT = 5.0
_JPEG_QUALITIES = 50.0, 95.0
_OVERLAP = 0.3
"""Weight of the overlap of outlines, beside the likelihood of each cell."""

_PUT_ELSEWHERE = 0.3
"""Share of the pictures in which people of another one appear."""

_SEEN, _DRAWN, _DETECTION = _FIGURES = (
    "overlap with the outlines",
    "error of the first drawings",
    "detection loss",
)


@dataclass(eq=False)
class SilhouetteRecipe:
    """The epochs of the recipe; see `ConstrainedRecipe` for what it is made of."""

    settings: Silhouettes
    pool: CropPool
    detectors: list[ObeyedDetector]
    machine: Machine
    seed: int

    losses: ClassVar[tuple[str, ...]] = ("total", "outlines", "drawing", "detection", "features")
    rebuild: ClassVar[None] = None
    """No attacker learns along."""

    def __post_init__(self) -> None:
        torch.manual_seed(self.seed)
        chosen = self.settings
        network = create_obfuscator("silhouette", **chosen.options)
        assert isinstance(network, SilhouetteObfuscator)  # noqa: S101 - by its name
        self._network = self.machine.placed(network).train()
        self._crops = self.pool.train if self.pool.wider is None else self.pool.wider
        self._outlines = Outlines(self._crops)
        self.diagnosis = Diagnosis.expecting((), _FIGURES)
        self.training = AdversarialTraining(
            network=self._network,
            optimizers=(
                torch.optim.AdamW(
                    self._network.seeing.parameters(), chosen.rate, weight_decay=chosen.weight_decay
                ),
                torch.optim.Adam(self._network.drawing.parameters(), chosen.rate),
            ),
            averaged=averaged_copy(self._network),
            ema_decay=chosen.ema_decay,
            others={},
        )

    @property
    def result(self) -> Obfuscator:
        """The obfuscator with averaged weights."""
        return self.training.result

    def epochs(self) -> Iterator[Epoch[CropBatch]]:
        """The steps that are left, so many at a time; none has steps of both halves."""
        chosen = self.settings
        while self.training.step < chosen.steps:
            self.diagnosis = Diagnosis.expecting((), _FIGURES)
            first, sees = self.training.step, self.training.step < chosen.seeing_steps
            if first == chosen.seeing_steps:
                # What is drawn from is what averaged weights see, which no longer changes.
                self._network.load_state_dict(self.training.result.state_dict())
            begun, end = (0, chosen.seeing_steps) if sees else (chosen.seeing_steps, chosen.steps)
            last = min(first + chosen.epoch_steps, end)
            yield Epoch(
                batches=(self._batch(step) for step in range(first, last)),
                rate=partial(self._rate, first - begun, end - begun),
                learn=self._learn_to_see if sees else self._learn_to_draw,
                steps=chosen.steps,
            )

    def _batch(self, step: int) -> CropBatch:
        """Draw crops; that some show the same person does not matter here."""
        crops, chosen = self._crops, self.settings
        size = chosen.batch if step < chosen.seeing_steps else chosen.drawing_batch
        numbers = np.random.default_rng([self.seed, 59, step]).integers(len(crops), size=size)
        return crops.batch([int(one) for one in numbers], self.machine.device)

    def _rate(self, done: int, steps: int, number: int) -> float:
        return self.settings.rate * self.settings.schedule(steps).factor(done + number, steps)

    def _learn_to_see(self, batch: CropBatch, rate: float) -> dict[str, Tensor]:
        """Tell cells with people from others, in other light, other clothes and other cameras."""
        rng = np.random.default_rng([self.seed, 61, self.training.step])
        outlines = self._outlines.of(batch.numbers, self.machine.device)
        odd = torch.arange(len(outlines), device=outlines.device)[:, None, None, None] % 2 > 0
        images = torch.where(odd, redressed(batch, outlines, rng), batch.images)
        images, outlines = put_elsewhere(images, outlines, _PUT_ELSEWHERE, rng)
        images, outlines = placed_anew(images, outlines, rng)
        images = as_another_camera(images, rng).contiguous(memory_format=torch.channels_last)
        certainty = self._network.seeing(images)
        cells = functional.avg_pool2d(outlines, outlines.shape[2] // certainty.shape[2])
        overlap = _overlap(certainty.sigmoid(), cells).mean()
        likelihood = functional.binary_cross_entropy_with_logits(certainty, cells)
        loss = likelihood + _OVERLAP * (1 - overlap)
        learn_from(self.training.optimizers[0], loss, rate, _LONGEST_GRADIENT)
        self.diagnosis.note_figure(_SEEN, float(overlap.detach()))
        return self._told(loss, outlines=loss)

    def _learn_to_draw(self, batch: CropBatch, rate: float) -> dict[str, Tensor]:
        """Draw dark outlines at first, then whatever lets detectors say what they said before."""
        chosen, step = self.settings, self.training.step - self.settings.seeing_steps
        rng = np.random.default_rng([self.seed, 71, step])
        self._network.seeing.eval()
        with torch.no_grad():
            levels = self._network.rounded(self._network.seeing(batch.images))
        drawn = self._network.drawn(levels)
        if step < chosen.outline_steps:
            wanted = outline_drawing(functional.interpolate(levels, size=drawn.shape[2:]))
            error = (drawn - wanted).square().mean()
            learn_from(self.training.optimizers[1], error, rate, _LONGEST_GRADIENT)
            self.diagnosis.note_figure(_DRAWN, float(error.detach()))
            return self._told(error, drawing=error)
        detector = self.detectors[int(rng.integers(len(self.detectors)))]
        detection, features = detector.losses(self._stored(drawn, rng), batch)
        total = detection + chosen.features * features
        learn_from(self.training.optimizers[1], total, rate, _LONGEST_GRADIENT)
        self.diagnosis.note_figure(_DETECTION, float(detection.detach()))
        return self._told(total, detection=detection, features=features)

    def _stored(self, drawn: Tensor, rng: np.random.Generator) -> Tensor:
        """Return drawings as they are stored, in 8 bits and sometimes as JPEG."""
        noise = torch.from_numpy(rng.uniform(-0.5, 0.5, drawn.shape) / 255).to(drawn)
        stored = eight_bits(drawn + noise)
        if rng.random() < self.settings.jpeg:
            stored = eight_bits(jpeg(stored, float(rng.uniform(*_JPEG_QUALITIES))))
        return stored.contiguous(memory_format=torch.channels_last)

    def _told(self, total: Tensor, **parts: Tensor) -> dict[str, Tensor]:
        losses = {**dict.fromkeys(self.losses, torch.zeros_like(total)), "total": total, **parts}
        return {name: losses[name].detach() for name in self.losses}

    def conclude(self, attack: AttackSettings, report: Report) -> dict[str, Any]:
        """Measure the obfuscator, with fresh attackers."""
        figures = measure_obfuscator(self.result, self.pool, self.detectors, attack, report)
        most = self._network.most_bits(*self.pool.train.images.shape[1:3])
        return {**figures, "most_bits_of_a_crop": most}


def _overlap(certainty: Tensor, cells: Tensor) -> Tensor:
    """How far two maps of 0-1, shape (B, 1, h, w), agree (Dice; Milletari et al. 2016, "V-Net").

    Returns:
        Shape (B,): 1 where they are equal, or both nearly empty; 0 where they have nothing in
        common.
    """
    places = (1, 2, 3)
    both = (certainty * cells).sum(places)
    return (2 * both + 1) / (certainty.square().sum(places) + cells.square().sum(places) + 1)
