"""What the recipes have in common: a training of several networks, and how each of them did."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from passerby.models.obfuscators import Obfuscator
from passerby.train.engine.training import Training

__all__ = ["AdversarialTraining", "Diagnosis", "fixed_weights", "learn_from"]


@dataclass(eq=False, kw_only=True)
class AdversarialTraining(Training[Obfuscator]):
    """An obfuscator and those that learn with it or against it.

    Attributes:
        others: By the names that the state on disk has for them.
    """

    others: Mapping[str, nn.Module]

    @property
    def modules(self) -> Mapping[str, nn.Module]:
        """All that learns or is remembered."""
        return {"network": self.network, **self.others}


@contextmanager
def fixed_weights(*modules: nn.Module) -> Iterator[None]:
    """Let gradients pass through modules without reaching their weights."""
    weights = [weight for module in modules for weight in module.parameters()]
    learned = [weight.requires_grad for weight in weights]
    for weight in weights:
        weight.requires_grad = False
    try:
        yield
    finally:
        for weight, before in zip(weights, learned, strict=True):
            weight.requires_grad = before


def learn_from(
    optimizer: torch.optim.Optimizer,
    loss: Tensor,
    rate: float | None = None,
    longest: float | None = None,
) -> None:
    """Take a step.

    Args:
        optimizer: Of the weights that learn.
        loss: Of the batch.
        rate: Learning rate; as it was if left out.
        longest: Length to which the gradient is cut.
    """
    if rate is not None:
        for group in optimizer.param_groups:
            group["lr"] = rate
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    if longest is not None:
        weights = [weight for group in optimizer.param_groups for weight in group["params"]]
        nn.utils.clip_grad_norm_(weights, longest)
    optimizer.step()


@dataclass(eq=False)
class Diagnosis:
    """How attackers did in an epoch: means over its steps.

    Attributes:
        explained: Of each attacker, the explained variance of people's pixels against their mean
            colour.
        unexplained: Of each attacker, the MSE over the variance around the mean picture, of all
            pixels.
        figures: What else is told, by name.
    """

    explained: dict[str, list[float]] = field(default_factory=dict)
    unexplained: dict[str, list[float]] = field(default_factory=dict)
    figures: dict[str, list[float]] = field(default_factory=dict)

    @classmethod
    def expecting(cls, attackers: Iterable[str], figures: Iterable[str]) -> Self:
        """Expect attackers and figures: a table has the same columns in every epoch.

        Example:
            >>> diagnosis = Diagnosis.expecting(["colours"], ["leak weight"])
            >>> diagnosis.numbers()
            {'colours explains': nan, 'colours MSE/V': nan, 'leak weight': nan}
            >>> diagnosis.note_figure("leak weight", 5.1)
            >>> diagnosis.line()
            'leak weight 5.1'
        """
        names = tuple(attackers)
        return cls(_columns(names), _columns(names), _columns(figures))

    def note(self, attacker: str, explained: float, unexplained: float) -> None:
        """Take down how an attacker did in a step."""
        self.explained.setdefault(attacker, []).append(explained)
        self.unexplained.setdefault(attacker, []).append(unexplained)

    def note_figure(self, name: str, value: float) -> None:
        """Take down something else of a step."""
        self.figures.setdefault(name, []).append(value)

    def line(self) -> str:
        """Say it in one line.

        Example:
            >>> diagnosis = Diagnosis()
            >>> diagnosis.note("unet-small", 0.42, 0.3)
            >>> diagnosis.note_figure("leak weight", 5.1)
            >>> diagnosis.line()
            'unet-small explains 42 % of people; leak weight 5.1'
        """
        parts = [
            f"{name} explains {_mean(values):.0%} of people".replace("%", " %")
            for name, values in self.explained.items()
            if values
        ]
        parts += [f"{name} {_mean(values):.3g}" for name, values in self.figures.items() if values]
        return "; ".join(parts)

    def warning(self) -> str:
        """Say which attackers are broken, if any are."""
        broken = [name for name, values in self.unexplained.items() if _mean(values) > 1]
        if not broken:
            return ""
        return (
            f"BROKEN ATTACKER: {', '.join(broken)} rebuilds pictures worse than the mean picture "
            "would: its figures say nothing about privacy"
        )

    def numbers(self) -> dict[str, float]:
        """Return the means by name, for a table."""
        return {
            **{f"{name} explains": _mean(values) for name, values in self.explained.items()},
            **{f"{name} MSE/V": _mean(values) for name, values in self.unexplained.items()},
            **{name: _mean(values) for name, values in self.figures.items()},
        }


def _columns(names: Iterable[str]) -> dict[str, list[float]]:
    return {name: [] for name in names}


def _mean(values: Sequence[float]) -> float:
    return float(np.nanmean(values)) if values else math.nan
