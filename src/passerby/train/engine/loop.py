"""The loop of every training: epochs of steps, and a state on disk after each of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor

from passerby.errors import ModelError
from passerby.train.engine.machine import Machine
from passerby.train.engine.progress import Report, TrainingProgress
from passerby.train.engine.training import Training

__all__ = ["Epoch", "train"]

Material = TypeVar("Material")

_LOOKED_AT = 10
"""Steps after which a GPU's losses are looked at: it would have to wait if each were."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Epoch(Generic[Material]):
    """Steps after which the state is written: once through a data set, or so many of them.

    Attributes:
        batches: What is learned from, one a step.
        rate: Takes the number of a step in the epoch, from 0; returns its learning rate.
        learn: Takes a step of all optimizers, from a batch and at a learning rate. Returns the
            losses by name, without their gradients; ``total`` is what becomes small.
        steps: Of the whole training, as far as can be told.
        number: Of the epoch, from 1; 0 where nobody counts them.
    """

    batches: Iterable[Material]
    rate: Callable[[int], float]
    learn: Callable[[Material, float], Mapping[str, Tensor]]
    steps: int
    number: int = 0


class _Step(NamedTuple):
    number: int
    rate: float
    losses: Mapping[str, Tensor]


def train(
    training: Training[Any],
    epochs: Iterable[Epoch[Material]],
    machine: Machine,
    save: Callable[[], None],
    tell: Report,
    *,
    seed: int,
    remedy: str,
) -> None:
    """Train until no epoch is left.

    Args:
        training: Where to go on; is changed.
        epochs: Those that are left. The next one is asked for when the state of the one before is
            written: who makes them can get the networks ready for it, or see what was learned.
        machine: What to compute with.
        save: Called after each epoch.
        tell: Told of each step.
        seed: Of what networks draw while they learn.
        remedy: What to do if the loss or the weights become NaN.

    Raises:
        ModelError: If they do. The state on disk is of the epoch before.
    """
    for epoch in epochs:
        _seed(seed, training.epoch, machine)
        lost = list(_told(_steps(training, epoch), epoch, training.step, machine, tell, remedy))
        _check_weights(training, epoch, remedy)
        training.end_epoch(float(np.mean(lost)))
        save()


def _seed(seed: int, epoch: int, machine: Machine) -> None:
    """Seed what networks draw while they learn (dropout), anew for each epoch and process."""
    (drawn,) = np.random.SeedSequence([seed, epoch, 3, machine.share.rank]).generate_state(1)
    torch.manual_seed(int(drawn))


def _steps(training: Training[Any], epoch: Epoch[Material]) -> Iterator[_Step]:
    """Learn from all batches of an epoch; yields what each lost."""
    for number, batch in enumerate(epoch.batches):
        rate = epoch.rate(number)
        losses = epoch.learn(batch, rate)
        training.end_step()
        yield _Step(training.step, rate, losses)


def _told(
    steps: Iterator[_Step],
    epoch: Epoch[Material],
    saved: int,
    machine: Machine,
    tell: Report,
    remedy: str,
) -> Iterator[float]:
    """Report steps, and make sure that losses are numbers; yields what each lost."""
    count = _LOOKED_AT if machine.device.type == "cuda" else 1
    while some := list(islice(steps, count)):
        table = torch.stack([torch.stack(list(step.losses.values())) for step in some])
        for step, row in zip(some, table.tolist(), strict=True):
            losses = dict(zip(step.losses, row, strict=True))
            if not isfinite(losses["total"]):
                raise ModelError(
                    f"the loss became NaN {_place(epoch, step.number)}{_culprits(losses)}: {remedy}"
                )
            tell(
                TrainingProgress(
                    "training", step.number, epoch.steps, epoch.number, step.rate, losses, saved
                )
            )
            yield losses["total"]


def _check_weights(training: Training[Any], epoch: Epoch[Material], remedy: str) -> None:
    """Make sure that no state is written that nobody could go on from."""
    weights = (one for module in training.modules.values() for one in module.state_dict().values())
    if not all(torch.isfinite(one).all() for one in weights):
        raise ModelError(f"the weights became NaN {_place(epoch, training.step)}: {remedy}")


def _culprits(losses: Mapping[str, float]) -> str:
    """Say which parts of the loss are no numbers, if it has parts that are not."""
    names = [name for name, loss in losses.items() if name != "total" and not isfinite(loss)]
    return f" ({', '.join(names)})" if names else ""


def _place(epoch: Epoch[Material], step: int) -> str:
    return f"in epoch {epoch.number}" if epoch.number else f"at step {step}"
