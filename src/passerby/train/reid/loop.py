"""The training itself."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from math import isfinite
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from passerby.errors import ModelError
from passerby.models.torch_memory import is_out_of_memory
from passerby.train.engine.ema import update_ema
from passerby.train.engine.machine import Machine
from passerby.train.engine.memory import too_large
from passerby.train.engine.progress import Report, TrainingProgress
from passerby.train.reid.batches import Batch, BatchComposer, epoch_batches, erase, normalised
from passerby.train.reid.settings import Recipe
from passerby.train.reid.state import ReidTraining

__all__ = ["train_network"]

_LOOKED_AT = 10
"""Steps after which a GPU's losses are looked at: it would have to wait if each were."""

_PATIENCE = 5
"""Epochs at the full learning rate after which losses must have fallen."""


class _Step(NamedTuple):
    number: int
    total: int
    rate: float
    losses: dict[str, Tensor]


def train_network(
    training: ReidTraining,
    composer: BatchComposer,
    machine: Machine,
    save: Callable[[], None],
    tell: Report,
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
        ModelError: If the loss or the weights became NaN.
    """
    recipe = composer.recipe
    while training.epoch < recipe.epochs:
        _seed(composer.seed, training.epoch, machine)
        _freeze(training, recipe)
        steps = _steps(training, composer, machine)
        lost = list(_told(steps, training.epoch + 1, machine, tell))
        _check_weights(training.learner, machine)
        training.lost.append(float(np.mean(lost)))
        training.epoch += 1
        save()
        if _stands_still(training.lost, recipe):
            warning = (
                f"after {training.epoch} epochs the loss is {training.lost[-1]:.3f}, and "
                f"{training.lost[0]:.3f} in the first: nothing was learned: check the labels, or "
                "start again in another folder with another learning rate"
            )
            tell(TrainingProgress("training", training.step, training.step, warning=warning))


def _steps(training: ReidTraining, composer: BatchComposer, machine: Machine) -> Iterator[_Step]:
    """Learn from all batches of an epoch; yields what each lost."""
    recipe, epoch = composer.recipe, training.epoch
    learner = machine.shared(training.learner.train())
    count = len(composer.epoch(epoch))
    total = training.step + count * (recipe.epochs - epoch)
    for number, parts in enumerate(epoch_batches(composer, epoch, machine.share, machine.workers)):
        rate = recipe.optimizer.learning_rate * recipe.schedule.factor(
            epoch + number / count, recipe.epochs
        )
        for group in training.optimizers[0].param_groups:
            group["lr"] = rate * group["share"]
        losses = _learn_if_it_fits(learner, training.optimizers, parts, recipe, machine)
        training.step += 1
        if training.averaged is not None:
            update_ema(training.averaged, training.learner.network, training.step, recipe.ema_decay)
        yield _Step(training.step, total, rate, losses)


def _learn_if_it_fits(
    learner: nn.Module,
    optimizers: tuple[torch.optim.Optimizer, ...],
    parts: tuple[Batch, ...],
    recipe: Recipe,
    machine: Machine,
) -> dict[str, Tensor]:
    """Take one step; if memory is not enough, find out and say what would fit."""
    try:
        return _learn(learner, optimizers, parts, recipe, machine)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
    # Other processes take no part in what is tried out here.
    alone = learner.module if isinstance(learner, DistributedDataParallel) else learner

    def attempt(images: int) -> None:
        for optimizer in optimizers:
            optimizer.state.clear()  # moments of which some could not be made
        _learn(alone, optimizers, (parts[0].first(images),), recipe, machine)

    raise too_large(attempt, len(parts[0].labels), recipe, len(parts))


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
    pixels = normalised(batch.images, machine.device)
    if recipe.erase is not None:
        erase(pixels, batch.erased, recipe.erase.colour)
    losses: dict[str, Tensor] = learner(pixels, batch.labels.to(machine.device))
    (losses["total"] / parts).backward()  # type: ignore[no-untyped-call]
    return {name: loss.detach() for name, loss in losses.items()}


def _told(steps: Iterator[_Step], epoch: int, machine: Machine, tell: Report) -> Iterator[float]:
    """Report steps, and make sure that losses are numbers; yields what each lost."""
    count = _LOOKED_AT if machine.device.type == "cuda" else 1
    while some := list(islice(steps, count)):
        table = torch.stack([torch.stack(list(step.losses.values())) for step in some])
        for step, row in zip(some, table.tolist(), strict=True):
            losses = dict(zip(step.losses, row, strict=True))
            if not isfinite(losses["total"]):
                what = f"the loss became NaN in epoch {epoch}"
                raise ModelError(f"{what}: {_remedy(machine)}")
            tell(TrainingProgress("training", step.number, step.total, epoch, step.rate, losses))
            yield losses["total"]


def _check_weights(learner: nn.Module, machine: Machine) -> None:
    """Make sure that no state is written that nobody could go on from."""
    if not all(torch.isfinite(one).all() for one in learner.state_dict().values()):
        raise ModelError(f"the weights became NaN: {_remedy(machine)}")


def _remedy(machine: Machine) -> str:
    """What to do where numbers grew too large: a training goes on with its own settings alone."""
    again = "start again in another folder with a lower learning rate"
    return f"resume with --precision fp32, or {again}" if machine.mixed else again


def _seed(seed: int, epoch: int, machine: Machine) -> None:
    """Seed what networks draw while they learn (dropout), anew for each epoch and process."""
    (drawn,) = np.random.SeedSequence([seed, epoch, 3, machine.share.rank]).generate_state(1)
    torch.manual_seed(int(drawn))


def _freeze(training: ReidTraining, recipe: Recipe) -> None:
    """Let all weights learn, or at first only those that the recipe names."""
    if recipe.frozen_at_first:
        all_learn = training.epoch >= recipe.frozen_at_first
        for name, weight in training.learner.network.named_parameters():
            learns = all_learn or name.startswith(recipe.trained_at_first)
            weight.requires_grad_(learns and name not in training.fixed)


def _stands_still(lost: list[float], recipe: Recipe) -> bool:
    """Whether, when it is time to look, the loss is about what it was in the first epoch."""
    return len(lost) == int(recipe.schedule.warmup) + _PATIENCE and lost[-1] > 0.98 * lost[0]
