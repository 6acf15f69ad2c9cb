"""Ours: people are found as before, while no attacker may explain more of them than a limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from passerby.models.obfuscators import Obfuscator, create_obfuscator
from passerby.train.engine.ema import averaged_copy
from passerby.train.engine.loop import Epoch
from passerby.train.engine.machine import Machine
from passerby.train.engine.progress import Report
from passerby.train.obfuscator.adversarial import (
    AdversarialTraining,
    Diagnosis,
    fixed_weights,
    learn_from,
)
from passerby.train.obfuscator.attackers import IdentityAttacker, Rebuilder, person_patches
from passerby.train.obfuscator.channel import eight_bits, jpeg
from passerby.train.obfuscator.conclusion import measure_obfuscator
from passerby.train.obfuscator.constraint import LeakConstraint
from passerby.train.obfuscator.detectors import ObeyedDetector
from passerby.train.obfuscator.fresh_attack import AttackSettings
from passerby.train.obfuscator.pool import CropBatch, CropPool
from passerby.train.obfuscator.privacy import (
    energy_distance,
    explained_variance,
    pair_scores,
    reconstruction_leak,
    weighted_error,
)
from passerby.train.obfuscator.private_start import (
    Outlines,
    appearance_leak,
    even_weights,
    outline_drawing,
    redressed,
)
from passerby.train.obfuscator.selection import Chosen, measure_candidate
from passerby.train.obfuscator.settings import Constrained

__all__ = ["ConstrainedRecipe"]

_LONGEST_GRADIENT = 5.0
_JPEG_QUALITIES = 50.0, 95.0
_SENSOR_NOISE = 2 / 255
_ALL_PIXELS = 0.5
"""Weight of all pixels beside those of people in what attackers learn: backgrounds help them."""

_START, _DETECTION, _CLOTHES, _WEIGHT, _IDENTITY = _FIGURES = (
    "error of the start",
    "detection loss",
    "clothes seen",
    "leak weight",
    "identity loss of the attacker",
)
"""What the diagnosis tells beside how attackers did."""


@dataclass(eq=False)
class ConstrainedRecipe:
    """The epochs of the recipe.

    Args:
        settings: Its numbers.
        pool: What it learns from.
        detectors: That must go on finding people.
        machine: What computes.
        seed: Of everything.
    """

    settings: Constrained
    pool: CropPool
    detectors: list[ObeyedDetector]
    machine: Machine
    seed: int

    losses: ClassVar[tuple[str, ...]] = (
        "total",
        "detection",
        "features",
        "leak",
        "identity",
        "flicker",
        "appearance",
        "start",
    )

    def __post_init__(self) -> None:
        colour = torch.tensor(self.pool.train.person_colour(), device=self.machine.device)
        self._colour = colour[:, None, None]
        self._outlines = Outlines(self.pool.train)
        self.training = self._new()
        self.diagnosis = self._undiagnosed()

    @property
    def steps(self) -> int:
        """Return the number of steps of the whole training."""
        return self.settings.steps

    @property
    def result(self) -> Obfuscator:
        """The obfuscator of which a fresh attacker found out the least, or people are found best.

        See `Candidate.rating`.
        """
        return self.best.network

    @property
    def rebuild(self) -> nn.Module:
        """The attacker that can do most, for live pictures."""
        return self._rebuilders[-1]

    def _new(self) -> AdversarialTraining:
        """A training that has not begun yet."""
        torch.manual_seed(self.seed)
        chosen, place = self.settings, self.machine.placed
        network = place(create_obfuscator(chosen.network, **chosen.options)).train()
        self._rebuilders = [place(Rebuilder(kind)).train() for kind in chosen.attackers]
        self._identity = place(IdentityAttacker()).train()
        self.best = place(Chosen(network, figures=1 + len(self.detectors), ratings=2))
        self._constraint = LeakConstraint(
            limit=chosen.limit, weight=chosen.weight, rate=chosen.dual_rate
        )
        attackers: list[nn.Module] = [*self._rebuilders, self._identity]
        names = [f"attacker {number} {one.kind}" for number, one in enumerate(self._rebuilders)]
        return AdversarialTraining(
            network=network,
            optimizers=(
                torch.optim.Adam(network.parameters(), lr=chosen.rate),
                *(torch.optim.Adam(one.parameters(), chosen.attacker_rate) for one in attackers),
            ),
            averaged=averaged_copy(network),
            ema_decay=chosen.ema_decay,
            others={
                **dict(zip(names, self._rebuilders, strict=True)),
                "identity attacker": self._identity,
                "constraint": self._constraint,
                "best": self.best,
            },
        )

    def epochs(self) -> Iterator[Epoch[CropBatch]]:
        """The steps that are left, so many at a time.

        Between the last of them, fresh attackers measure the obfuscator: the best one is kept.
        """
        while True:
            self._measure()
            if self.training.step >= self.settings.steps:
                return
            self.diagnosis = self._undiagnosed()
            first = self.training.step
            last = min(first + self.settings.epoch_steps, self.settings.steps)
            yield Epoch(
                batches=(self._batch(step) for step in range(first, last)),
                rate=partial(self._rate, first),
                learn=self._learn,
                steps=self.settings.steps,
            )

    def _undiagnosed(self) -> Diagnosis:
        return Diagnosis.expecting(self.settings.attackers, _FIGURES)

    def _measure(self) -> None:
        """Let a fresh attacker try the obfuscator, near the end, and keep the best one."""
        chosen, step = self.settings, self.training.step
        first = chosen.steps - chosen.candidates * chosen.epoch_steps
        if step == 0 or step <= first or step <= int(self.best.considered):
            return
        attack = AttackSettings(size="small", steps=chosen.fresh_steps, seed=self.seed)
        network = self.training.result
        found = measure_candidate(network, self.pool, self.detectors, attack)
        figures = found.explained, *found.precision
        self.best.consider(step, found.rating(chosen.limit), figures, network)

    def _batch(self, step: int) -> CropBatch:
        crops = self.pool.train
        numbers = crops.drawn(self.settings.batch, self.seed, 59, step)
        return crops.batch(numbers, self.machine.device)

    def _rate(self, first: int, number: int) -> float:
        """Return the rate at a step: the start has a cosine of its own."""
        chosen, step = self.settings, first + number
        if step < self._drawing_steps:
            return chosen.start_rate * chosen.start_schedule.factor(step, self._drawing_steps)
        left = chosen.steps - self._drawing_steps
        return chosen.rate * chosen.schedule.factor(step - self._drawing_steps, left)

    @property
    def _drawing_steps(self) -> int:
        """Steps in which it learns to draw something, and no detector is asked."""
        return 0 if self.settings.start == "utility" else self.settings.start_steps

    def _learn(self, batch: CropBatch, rate: float) -> dict[str, Tensor]:
        """Take one step of the obfuscator, and of all attackers once its start is over."""
        rng = np.random.default_rng([self.seed, 61, self.training.step])
        if self.training.step < self._drawing_steps:
            return self._learn_start(batch, rate, rng)
        return self._learn_against_attackers(batch, rate, rng)

    def _learn_start(
        self, batch: CropBatch, rate: float, rng: np.random.Generator
    ) -> dict[str, Tensor]:
        """Learn to return the picture, or to draw outlines, whatever people wear."""
        images = wanted = batch.images
        weights = torch.ones_like(batch.people)
        if self.settings.start == "private":
            outlines = self._outlines.of(batch.numbers, self.machine.device)
            odd = torch.arange(len(images), device=images.device) % 2 > 0
            dressed = redressed(batch, outlines, rng)
            images = torch.where(odd[:, None, None, None], dressed, images)
            wanted, weights = outline_drawing(outlines), even_weights(outlines)
        loss = weighted_error(self.training.network(images), wanted, weights)
        learn_from(self.training.optimizers[0], loss, rate, _LONGEST_GRADIENT)
        error = loss.detach()
        if self.training.step >= self._drawing_steps - self.settings.settle:
            # Attackers get to know it in time: those that have just begun tell nothing.
            seen, _ = self._obfuscated(batch, rng)
            self._teach_attackers(seen.detach(), batch)
        self.diagnosis.note_figure(_START, float(error))
        losses = dict.fromkeys(self.losses, torch.zeros_like(error))
        return {**losses, "total": error, "start": error}

    def _learn_against_attackers(
        self, batch: CropBatch, rate: float, rng: np.random.Generator
    ) -> dict[str, Tensor]:
        """Learn what detectors need, as far as attackers stay below the limit."""
        self._restart()
        seen, flicker = self._obfuscated(batch, rng)
        parts = self._losses(seen, self._stored(seen, rng), batch, rng)
        parts["flicker"] = flicker
        parts["appearance"] = self._appearance(seen, batch, rng)
        parts["start"] = torch.zeros_like(flicker)
        private = self.training.step >= self._utility_steps
        weight = float(self._constraint.weight) if private else 0.0
        total = (
            parts["detection"]
            + self.settings.features * parts["features"]
            + weight * parts["leak"]
            + (self.settings.identity * parts["identity"] if private else 0.0)
            + self.settings.temporal * flicker
            + (self.settings.appearance * parts["appearance"] if private else 0.0)
        )
        learn_from(self.training.optimizers[0], total, rate, _LONGEST_GRADIENT)
        worst = self._teach_attackers(seen.detach(), batch)
        if private:
            self._constraint.observe(worst)
        self.diagnosis.note_figure(_DETECTION, float(parts["detection"].detach()))
        self.diagnosis.note_figure(_CLOTHES, float(parts["appearance"].detach()))
        self.diagnosis.note_figure(_WEIGHT, weight)
        losses = {"total": total, **parts}
        return {name: losses[name].detach() for name in self.losses}

    @property
    def _utility_steps(self) -> int:
        return self.settings.start_steps if self.settings.start == "utility" else 0

    def _appearance(self, seen: Tensor, batch: CropBatch, rng: np.random.Generator) -> Tensor:
        """Return how much it shows when people wear other clothes."""
        if not self.settings.appearance:
            return seen.new_zeros(())
        outlines = self._outlines.of(batch.numbers, self.machine.device)
        dressed = redressed(batch, outlines, rng)
        changed = self.training.network(dressed)
        return appearance_leak((seen, changed), (batch.images, dressed))

    def _restart(self) -> None:
        """Let one attacker after the other begin anew, so that none keeps to an old trick."""
        step, every = self.training.step - self._drawing_steps, self.settings.restart_every
        if step == 0 or step % every:
            return
        turn = step // every % len(self._rebuilders)
        self._rebuilders[turn].restart([self.seed, 67, step])
        self.training.optimizers[1 + turn].state.clear()

    def _obfuscated(self, batch: CropBatch, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Return what attackers see, in 8 bits, and how much the output flickers."""
        seen = self.training.network(batch.images)
        flicker = seen.new_zeros(())
        if self.settings.temporal:
            # The next moment of a camera that does not move: the same, with other noise. Whoever
            # averages moments must learn no more from them.
            noise = torch.from_numpy(rng.normal(0, _SENSOR_NOISE, batch.images.shape))
            moment = (batch.images + noise.to(batch.images)).clamp(0, 1)
            again = self.training.network(moment)
            flicker = (seen - again).square().mean() / _SENSOR_NOISE**2
            seen = (seen + again) / 2
        noise = torch.from_numpy(rng.uniform(-0.5, 0.5, seen.shape) / 255).to(seen)
        # Channels last, as the batch is: what comes next takes a quarter less time.
        return eight_bits(seen + noise).contiguous(memory_format=torch.channels_last), flicker

    def _stored(self, seen: Tensor, rng: np.random.Generator) -> Tensor:
        """Return what detectors see: sometimes a JPEG.

        Attackers get it without: an obfuscator that may count on JPEG makes everything dark, whose
        differences JPEG removes, and leaves them to whoever has the frames as they came out.
        """
        if rng.random() >= self.settings.jpeg:
            return seen
        stored = eight_bits(jpeg(seen, float(rng.uniform(*_JPEG_QUALITIES))))
        return stored.contiguous(memory_format=torch.channels_last)

    def _losses(
        self, seen: Tensor, stored: Tensor, batch: CropBatch, rng: np.random.Generator
    ) -> dict[str, Tensor]:
        """Return what the obfuscator learns from."""
        detector = self.detectors[int(rng.integers(len(self.detectors)))]
        detection, matched = detector.losses(stored, batch)
        with fixed_weights(*self._rebuilders, self._identity):
            features = self._identity(person_patches(seen, batch.boxes))
            return {
                "detection": detection,
                "features": matched,
                "leak": torch.stack(
                    [
                        reconstruction_leak(batch.images, one(seen), self._colour, batch.people)
                        for one in self._counting()
                    ]
                ).max(),
                "identity": energy_distance(*pair_scores(features, batch.identities)),
            }

    def _counting(self) -> list[Rebuilder]:
        """Attackers that have learned for long enough; all of them while there is none."""
        settled = [one for one in self._rebuilders if int(one.age) >= self.settings.settle]
        return settled or self._rebuilders

    def _teach_attackers(self, seen: Tensor, batch: CropBatch) -> float:
        """Let all attackers learn; returns what the best of those that count explained before."""
        counting = self._counting()
        explained = [
            self._teach_rebuilder(number, seen, batch) for number in range(len(self._rebuilders))
        ]
        loss = self._identity.loss(person_patches(seen, batch.boxes), batch.identities)
        learn_from(self.training.optimizers[-1], loss)
        self.diagnosis.note_figure(_IDENTITY, float(loss.detach()))
        return max(
            value for value, one in zip(explained, self._rebuilders, strict=True) if one in counting
        )

    def _teach_rebuilder(self, number: int, seen: Tensor, batch: CropBatch) -> float:
        rebuilder, optimizer = self._rebuilders[number], self.training.optimizers[1 + number]
        everywhere = torch.ones_like(batch.people)
        variance = weighted_error(batch.images, batch.means, everywhere).clamp(min=1e-4)
        spread = weighted_error(batch.images, self._colour, batch.people).clamp(min=1e-4)
        first = 0.0
        for turn in range(self.settings.attacker_steps):
            rebuilt = rebuilder(seen)
            error = weighted_error(batch.images, rebuilt, everywhere)
            loss = weighted_error(batch.images, rebuilt, batch.people) / spread
            learn_from(optimizer, loss + _ALL_PIXELS * error / variance)
            rebuilder.age += 1
            if turn == 0:
                first = float(
                    explained_variance(batch.images, rebuilt.detach(), self._colour, batch.people)
                )
                self.diagnosis.note(rebuilder.kind, first, float((error / variance).detach()))
        return first

    def conclude(self, attack: AttackSettings, report: Report) -> dict[str, Any]:
        """Measure the best obfuscator, with fresh attackers."""
        figures = measure_obfuscator(self.result, self.pool, self.detectors, attack, report)
        return {**figures, "chosen_at_step": int(self.best.step)}
