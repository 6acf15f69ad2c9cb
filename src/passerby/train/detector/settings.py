"""The knobs of a training."""

import math
from dataclasses import dataclass

from passerby.errors import ConfigError

__all__ = ["TrainingSettings"]

_STRIDE = 32
"""Sides of pictures are multiples of the stride of the network's coarsest feature map."""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How long and how fast the detector learns.

    Attributes:
        pictures: To learn from in all, each composed anew.
        batch: Pictures a step.
        sizes: Of the square pictures, in pixels; each batch has one, drawn at random.
        learning_rate: At its highest.
        warmup: Steps over which it rises from 0.
        cooldown: Share of the steps, at the end, over which it falls to 0.
        weight_decay: Of the weights of convolutions.
        ema_decay: Share of the averaged weights that stays at each step (EMA).
        seed: Of everything.

    Raises:
        ConfigError: If there is not one batch, no network could look at a size, or a rate or a
            share is out of range.
    """

    pictures: int = 300_000
    batch: int = 32
    sizes: tuple[int, ...] = (256, 288, 320, 352, 416)
    learning_rate: float = 2e-3
    warmup: int = 300
    cooldown: float = 0.3
    weight_decay: float = 0.03
    ema_decay: float = 0.999
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.batch <= self.pictures:
            raise ConfigError(
                f"{self.pictures} pictures do not fill a batch of {self.batch}: "
                "use more pictures, or a smaller batch"
            )
        if not self.sizes or any(size < _STRIDE or size % _STRIDE for size in self.sizes):
            raise ConfigError(f"sizes must be multiples of {_STRIDE}, not {self.sizes}")
        if not 0 < self.learning_rate < math.inf:
            raise ConfigError(f"the learning rate must be above 0, not {self.learning_rate}")
        if not 0 <= self.ema_decay < 1:
            raise ConfigError(
                f"the EMA's decay must be 0 or more and below 1, not {self.ema_decay}"
            )
        if not 0 <= self.cooldown <= 1:
            raise ConfigError(f"cooldown must be a share, 0 to 1, not {self.cooldown}")

    @property
    def steps(self) -> int:
        """Return the number of batches."""
        return self.pictures // self.batch

    def rate_at(self, step: int) -> float:
        """Learning rate of a step: it rises, stays, and falls in a straight line.

        A flat middle, unlike a cosine, lets a training go on for longer than it was planned.
        """
        falling = max(self.steps * self.cooldown, 1)
        share = min((step + 1) / max(self.warmup, 1), (self.steps - step) / falling, 1.0)
        return self.learning_rate * share
