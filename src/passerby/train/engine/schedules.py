"""How the learning rate changes, as a factor of its highest value."""

from dataclasses import dataclass, replace
from math import cos, pi
from typing import TypeAlias

__all__ = ["Cosine", "LearningRateSchedule", "Steps"]


@dataclass(frozen=True, slots=True)
class Steps:
    """Constant within an epoch; falls at some of them, after a rise at the beginning.

    In epoch e, counted from 1, the factor is decay^(milestones reached). While e is below
    ``warmup``, it is multiplied by start (1 - e / warmup) + e / warmup, as in the code of the
    strong baseline, where a decay takes effect in the epoch that is named.

    Attributes:
        milestones: Epochs from which on the rate is lower.
        decay: What it is multiplied by there.
        warmup: The first epoch at the full rate; 0 for no rise.
        start: Factor from which it rises, which it would have in epoch 0.

    Example:
        >>> schedule = Steps((40, 70), warmup=10, start=0.01)
        >>> [round(3.5e-4 * schedule.factor(epoch - 1, 120), 9) for epoch in (1, 10, 39, 40, 70)]
        [3.815e-05, 0.00035, 0.00035, 3.5e-05, 3.5e-06]
    """

    milestones: tuple[int, ...]
    decay: float = 0.1
    warmup: int = 0
    start: float = 0.01

    def factor(self, done: float, epochs: int) -> float:  # noqa: ARG002 - as all schedules
        """Return the factor.

        Args:
            done: Epochs that are done, with the share of the present one.
            epochs: Of the whole training.
        """
        epoch = int(done) + 1
        rise = epoch / self.warmup if epoch < self.warmup else 1.0
        reached = sum(epoch >= milestone for milestone in self.milestones)
        return float((self.start * (1 - rise) + rise) * self.decay**reached)

    def stretched(self, share: float) -> "Steps":
        """Return the same over ``share`` times as many epochs."""
        # Before a milestone there is one epoch less than its number, and there is always one.
        before = (max(1, round((milestone - 1) * share)) for milestone in self.milestones)
        milestones = tuple(1 + epochs for epochs in before)
        return replace(self, milestones=milestones, warmup=round(self.warmup * share))


@dataclass(frozen=True, slots=True)
class Cosine:
    """Rises in a straight line and falls along a cosine, batch by batch.

    Attributes:
        warmup: Epochs of the rise.
        start: Factor at the beginning.
        end: Factor at the end.

    Example:
        >>> schedule = Cosine(warmup=2)
        >>> [round(schedule.factor(done, 12), 3) for done in (0, 1, 2, 7, 12)]
        [0.01, 0.505, 1.0, 0.505, 0.01]
    """

    warmup: float
    start: float = 0.01
    end: float = 0.01

    def factor(self, done: float, epochs: int) -> float:
        """Return the factor; see `Steps.factor`."""
        if done < self.warmup:
            return self.start + (1 - self.start) * done / self.warmup
        share = (done - self.warmup) / max(epochs - self.warmup, 1e-9)
        return self.end + (1 - self.end) * (1 + cos(pi * min(share, 1.0))) / 2

    def stretched(self, share: float) -> "Cosine":
        """Return the same over ``share`` times as many epochs."""
        return replace(self, warmup=self.warmup * share)


LearningRateSchedule: TypeAlias = Steps | Cosine
