"""The training itself."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import islice
from math import isfinite
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from passerby.errors import ModelError
from passerby.train.averaging import follow
from passerby.train.reid.batches import Batch, Composer, batches, erase, normalised
from passerby.train.reid.machine import Machine
from passerby.train.reid.memory import is_out_of_memory, too_large
from passerby.train.reid.progress import Progress, Report
from passerby.train.reid.settings import Recipe
from passerby.train.reid.state import Training

__all__ = ["train"]

_LOOKED_AT = 10
"""Steps after which losses are looked at: a GPU would have to wait if each were."""

_PATIENCE = 5
"""Epochs at the full learning rate after which losses must have fallen."""


class _Step(NamedTuple):
    number: int
    total: int
    rate: float
    losses: dict[str, Tensor]


def train(
    training: Training, composer: Composer, machine: Machine, save: Callable[[], None], tell: Report
) -> None:
    """Train until the last epoch of the recipe is done.

    Args:
        training: Where to go on; is changed.
        composer: Makes the batches.
        machine: What to compute with.
        save: Called after each epoch.
        tell: Told of each step, and of signs of trouble.

    Raises:
        ConfigError: If memory is short; it says which batch would fit.
        InputError: If a picture cannot be read.
        ModelError: If losses or weights are no numbers any more.
    """
    recipe = composer.recipe
    while training.epoch < recipe.epochs:
        _seed(composer.seed, training.epoch, machine)
        _freeze(training, recipe)
        lost = list(_told(_steps(training, composer, machine), training.epoch + 1, tell))
        _check_weights(training.learner)
        training.lost.append(float(np.mean(lost)))
        training.epoch += 1
        save()
        if _stands_still(training.lost, recipe):
            warning = (
                f"after {training.epoch} epochs the loss is {training.lost[-1]:.3f}, and "
                f"{training.lost[0]:.3f} in the first: nothing is learned; change the learning "
                "rate, or look at the labels"
            )
            tell(Progress("training", training.step, training.step, warning=warning))


def _steps(training: Training, composer: Composer, machine: Machine) -> Iterator[_Step]:
    """Learn from all batches of an epoch; yields what each lost."""
    recipe, epoch = composer.recipe, training.epoch
    learner = machine.shared(training.learner.train())
    count = len(composer.epoch(epoch))
    total = training.step + count * (recipe.epochs - epoch)
    for number, parts in enumerate(batches(composer, epoch, machine.share, machine.workers)):
        rate = recipe.optimizer.learning_rate * recipe.schedule.factor(
            epoch + number / count, recipe.epochs
        )
        for group in training.optimizers[0].param_groups:
            group["lr"] = rate * group["share"]
        losses = _learn(learner, training.optimizers, parts, recipe, machine)
        training.step += 1
        if training.averaged is not None:
            follow(training.averaged, training.learner.network, training.step, recipe.smoothing)
        yield _Step(training.step, total, rate, losses)


def _learn(
    learner: nn.Module,
    optimizers: tuple[torch.optim.Optimizer, ...],
    parts: tuple[Batch, ...],
    recipe: Recipe,
    machine: Machine,
) -> dict[str, Tensor]:
    """Take one step; returns the mean losses of the parts of the batch."""
    for optimizer in optimizers:
        optimizer.zero_grad()
    lost = []
    for number, part in enumerate(parts, 1):
        with _alone(learner) if number < len(parts) else nullcontext():
            lost.append(_lost(learner, part, recipe, machine, len(parts)))
    for optimizer in optimizers:
        optimizer.step()
    return {name: torch.stack([one[name] for one in lost]).mean() for name in lost[0]}


def _alone(learner: nn.Module) -> AbstractContextManager[None]:
    """Keep gradients of a part from being averaged over processes before the last part is done."""
    if isinstance(learner, DistributedDataParallel):
        return learner.no_sync()
    return nullcontext()


def _lost(
    learner: nn.Module, batch: Batch, recipe: Recipe, machine: Machine, parts: int
) -> dict[str, Tensor]:
    """Add the gradients of one part of a batch; returns its losses."""

    def attempt(images: int, module: nn.Module) -> dict[str, Tensor]:
        pixels = normalised(batch.images[:images], machine.device)
        if recipe.erase is not None:
            erase(pixels, batch.erased[:images], recipe.erase.colour)
        losses: dict[str, Tensor] = module(pixels, batch.labels[:images].to(machine.device))
        (losses["total"] / parts).backward()  # type: ignore[no-untyped-call]
        return {name: loss.detach() for name, loss in losses.items()}

    count = len(batch.labels)
    try:
        return attempt(count, learner)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
    # Other processes take no part in what is tried out here.
    alone = learner.module if isinstance(learner, DistributedDataParallel) else learner
    raise too_large(partial(attempt, module=alone), count, recipe, parts)


def _told(steps: Iterator[_Step], epoch: int, tell: Report) -> Iterator[float]:
    """Report steps, and make sure that losses are numbers; yields what each lost."""
    while some := list(islice(steps, _LOOKED_AT)):
        table = torch.stack([torch.stack(list(step.losses.values())) for step in some])
        for step, row in zip(some, table.tolist(), strict=True):
            losses = dict(zip(step.losses, row, strict=True))
            if not isfinite(losses["total"]):
                raise ModelError(
                    f"the loss is no number any more in epoch {epoch}: lower the learning rate, or "
                    "compute with --precision fp32; the state after the epoch before is kept"
                )
            tell(Progress("training", step.number, step.total, epoch, step.rate, losses))
            yield losses["total"]


def _check_weights(learner: nn.Module) -> None:
    """Make sure that no state is written that nobody could go on from."""
    if not all(torch.isfinite(one).all() for one in learner.state_dict().values()):
        raise ModelError(
            "weights are no numbers any more: lower the learning rate; the state after the epoch "
            "before is kept"
        )


def _seed(seed: int, epoch: int, machine: Machine) -> None:
    """Seed what networks draw while they learn (dropout), anew for each epoch and process."""
    (drawn,) = np.random.SeedSequence([seed, epoch, 3, machine.share.rank]).generate_state(1)
    torch.manual_seed(int(drawn))


def _freeze(training: Training, recipe: Recipe) -> None:
    """Let all weights learn, or at first only those that the recipe names."""
    if recipe.frozen_at_first:
        all_learn = training.epoch >= recipe.frozen_at_first
        for name, weight in training.learner.network.named_parameters():
            learns = all_learn or name.startswith(recipe.trained_at_first)
            weight.requires_grad_(learns and name not in training.fixed)


def _stands_still(lost: list[float], recipe: Recipe) -> bool:
    """Whether, when it is time to look, the loss is about what it was in the first epoch."""
    return len(lost) == int(recipe.schedule.warmup) + _PATIENCE and lost[-1] > 0.98 * lost[0]
