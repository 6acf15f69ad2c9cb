"""De Coninck et al., appendix A.1: an obfuscator and a deobfuscator, in turn.

    L_deobf = MSE(X, D(O(X)))        L_obf = L_obj(O(X), Y) - MSE(X, D(O(X)))

The second has no bound: it rewards being far from the present deobfuscator, even where one that
learns anew would undo it. That is what was published, and what is computed here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from passerby.models.obfuscators import Obfuscator, create_obfuscator
from passerby.train.engine.loop import Epoch
from passerby.train.engine.machine import Machine
from passerby.train.engine.progress import Report
from passerby.train.obfuscator.adversarial import (
    AdversarialTraining,
    Diagnosis,
    fixed_weights,
    learn_from,
)
from passerby.train.obfuscator.conclusion import measure_obfuscator
from passerby.train.obfuscator.detectors import ObeyedDetector
from passerby.train.obfuscator.fresh_attack import AttackSettings
from passerby.train.obfuscator.pool import CropBatch, CropPool
from passerby.train.obfuscator.privacy import explained_variance, weighted_error
from passerby.train.obfuscator.settings import DeConinck

__all__ = ["DeConinckRecipe"]


@dataclass(eq=False)
class DeConinckRecipe:
    """The epochs of the recipe; see `ConstrainedRecipe` for what it is made of."""

    settings: DeConinck
    pool: CropPool
    detectors: list[ObeyedDetector]
    machine: Machine
    seed: int

    losses: ClassVar[tuple[str, ...]] = ("total", "detection", "mse", "deobfuscator")

    def __post_init__(self) -> None:
        torch.manual_seed(self.seed)
        chosen = self.settings
        obfuscator, deobfuscator = (
            self.machine.placed(create_obfuscator(chosen.network, **chosen.options)).train()
            for _ in range(2)
        )
        colour = torch.tensor(self.pool.train.person_colour(), device=self.machine.device)
        self._colour = colour[:, None, None]
        self._deobfuscator = deobfuscator
        self.diagnosis = Diagnosis()
        rates = chosen.obfuscator_rate, chosen.deobfuscator_rate
        self.training = AdversarialTraining(
            network=obfuscator,
            optimizers=tuple(
                torch.optim.AdamW(one.parameters(), lr=rate, weight_decay=chosen.weight_decay)
                for one, rate in zip((obfuscator, deobfuscator), rates, strict=True)
            ),
            others={"deobfuscator": deobfuscator},
        )

    @property
    def steps(self) -> int:
        """Return the number of steps of the whole training."""
        return self.settings.epochs * self._epoch_steps

    @property
    def result(self) -> Obfuscator:
        """The obfuscator as it is: the paper chooses none."""
        return self.training.result

    @property
    def rebuild(self) -> torch.nn.Module:
        """The attacker, for live pictures."""
        return self._deobfuscator

    @property
    def _epoch_steps(self) -> int:
        return self.settings.steps or max(len(self.pool.train) // self.settings.batch, 1)

    def epochs(self) -> Iterator[Epoch[CropBatch]]:
        """The epochs that are left."""
        while self.training.epoch < self.settings.epochs:
            self.diagnosis = Diagnosis()
            epoch = self.training.epoch
            rate = self.settings.obfuscator_rate * self.settings.obfuscator_schedule.factor(
                epoch, self.settings.epochs
            )
            yield Epoch(
                batches=self._batches(epoch),
                rate=lambda _number, rate=rate: rate,  # type: ignore[misc]
                learn=self._learn,
                steps=self.steps,
                number=epoch + 1,
            )

    def _batches(self, epoch: int) -> Iterator[CropBatch]:
        """All crops once in a random order, or the first of them."""
        crops, size = self.pool.train, self.settings.batch
        order = np.random.default_rng([self.seed, 73, epoch]).permutation(len(crops))
        wanted = np.resize(order, self._epoch_steps * size)
        for first in range(0, len(wanted), size):
            yield crops.batch(wanted[first : first + size].tolist(), self.machine.device)

    def _learn(self, batch: CropBatch, rate: float) -> dict[str, Tensor]:
        """Take a step of the obfuscator, then one of the deobfuscator."""
        obfuscator, deobfuscator = self.training.optimizers
        chosen, done = self.settings, self.training.epoch
        step = self.training.step
        detector = self.detectors[step % len(self.detectors)]
        seen = self.training.network(batch.images)
        detection, _ = detector.losses(seen, batch)
        with fixed_weights(self._deobfuscator):
            mse = (self._deobfuscator(seen) - batch.images).square().mean()
        total = detection - chosen.mse * mse
        learn_from(obfuscator, total, rate)
        rebuilt = self._deobfuscator(seen.detach())
        error = (rebuilt - batch.images).square().mean()
        schedule = chosen.deobfuscator_schedule
        learn_from(
            deobfuscator, error, chosen.deobfuscator_rate * schedule.factor(done, chosen.epochs)
        )
        self._note(batch, rebuilt.detach(), detection.detach())
        losses = {"total": total, "detection": detection, "mse": mse, "deobfuscator": error}
        return {name: loss.detach() for name, loss in losses.items()}

    def _note(self, batch: CropBatch, rebuilt: Tensor, detection: Tensor) -> None:
        explained = explained_variance(batch.images, rebuilt, self._colour, batch.people)
        everywhere = torch.ones_like(batch.people)
        variance = weighted_error(batch.images, batch.means, everywhere).clamp(min=1e-4)
        error = weighted_error(batch.images, rebuilt, everywhere)
        self.diagnosis.note("deobfuscator", float(explained), float(error / variance))
        self.diagnosis.note_figure("detection loss", float(detection))

    def conclude(self, attack: AttackSettings, report: Report) -> dict[str, Any]:
        """Measure the obfuscator, with fresh attackers."""
        return measure_obfuscator(self.result, self.pool, self.detectors, attack, report)
