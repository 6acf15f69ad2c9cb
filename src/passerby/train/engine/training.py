"""All that changes while a training goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import torch
from torch import nn

from passerby.train.engine.ema import update_ema

__all__ = ["Training"]

_Network = TypeVar("_Network", bound=nn.Module)


@dataclass(eq=False, kw_only=True)
class Training(Generic[_Network]):
    """All that changes while a training goes on, between two epochs.

    No state of a generator is among it: whatever is random is drawn anew from the seed and the
    number of the epoch or the step.

    Attributes:
        network: What is used in the end.
        optimizers: Of all that learns.
        averaged: The network with averaged weights (EMA), if they are averaged.
        ema_decay: Share of the averaged weights that stays at each step.
        epoch: Epochs that are done.
        step: Batches that are done.
        lost: Mean loss of each epoch that is done.
    """

    network: _Network
    optimizers: tuple[torch.optim.Optimizer, ...]
    averaged: _Network | None = None
    ema_decay: float = 0.0
    epoch: int = 0
    step: int = 0
    lost: list[float] = field(default_factory=list)

    @property
    def modules(self) -> Mapping[str, nn.Module]:
        """All that learns, by the names that the state on disk has for it."""
        return {"network": self.network}

    @property
    def result(self) -> _Network:
        """The network that is used in the end, with the weights that it then has."""
        return self.averaged or self.network

    def end_step(self) -> None:
        """Count a step, and let the averaged weights follow."""
        self.step += 1
        if self.averaged is not None:
            update_ema(self.averaged, self.network, self.step, self.ema_decay)

    def end_epoch(self, lost: float) -> None:
        """Count an epoch, in which so much was lost in the mean."""
        self.lost.append(lost)
        self.epoch += 1
