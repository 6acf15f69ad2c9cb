"""The epochs of a training for re-identification: what is learned from, and how."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from passerby.models.torch_memory import is_out_of_memory
from passerby.train.engine.loop import Epoch, train
from passerby.train.engine.machine import Machine
from passerby.train.engine.progress import Report, TrainingProgress
from passerby.train.reid.batches import Batch, BatchComposer, epoch_batches, erase, normalised
from passerby.train.reid.memory import too_large
from passerby.train.reid.settings import Recipe
from passerby.train.reid.state import ReidTraining

__all__ = ["train_network"]

_PATIENCE = 5
"""Epochs at the full learning rate after which losses must have fallen."""


def train_network(
    training: ReidTraining,
    composer: BatchComposer,
    machine: Machine,
    save: Callable[[], None],
    tell: Report,
    *,
    until: int | None = None,
) -> None:
    """Train until the last epoch of the recipe is done.

    Args:
        training: Where to go on; is changed.
        composer: Makes the batches.
        machine: What to compute with.
        save: Called after each epoch.
        tell: Told of each step, and of signs of trouble.
        until: Epochs of the recipe after which to stop before; all by default.

    Raises:
        ConfigError: If memory is short; it says which batch would fit.
        InputError: If a picture cannot be read.
        ModelError: If the loss or the weights became NaN.
    """
    last = composer.recipe.epochs if until is None else until
    epochs = _epochs(training, composer, machine, tell, last)
    train(training, epochs, machine, save, tell, seed=composer.seed, remedy=_remedy(machine))


def _epochs(
    training: ReidTraining, composer: BatchComposer, machine: Machine, tell: Report, last: int
) -> Iterator[Epoch[tuple[Batch, ...]]]:
    """The epochs that are left; tells, when it is time to look, if nothing has been learned."""
    recipe = composer.recipe
    while training.epoch < last:
        _freeze(training, recipe)
        yield _epoch(training, composer, machine)
        if _stands_still(training.lost, recipe):
            warning = (
                f"after {training.epoch} epochs the loss is {training.lost[-1]:.3f}, and "
                f"{training.lost[0]:.3f} in the first: nothing was learned: check the labels, or "
                "start again in another folder with another learning rate"
            )
            tell(TrainingProgress("training", training.step, training.step, warning=warning))


def _epoch(
    training: ReidTraining, composer: BatchComposer, machine: Machine
) -> Epoch[tuple[Batch, ...]]:
    """The next epoch; each batch of it is split into parts if that is asked for."""
    recipe, done = composer.recipe, training.epoch
    learner = machine.shared(training.learner.train())
    count = len(composer.epoch(done))

    def rate(number: int) -> float:
        factor = recipe.schedule.factor(done + number / count, recipe.epochs)
        return recipe.optimizer.learning_rate * factor

    def learn(parts: tuple[Batch, ...], rate: float) -> dict[str, Tensor]:
        for group in training.optimizers[0].param_groups:
            group["lr"] = rate * group["share"]
        return _learn_if_it_fits(learner, training.optimizers, parts, recipe, machine)

    return Epoch(
        batches=epoch_batches(composer, done, machine.share, machine.workers),
        rate=rate,
        learn=learn,
        steps=training.step + count * (recipe.epochs - done),
        number=done + 1,
    )


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


def _remedy(machine: Machine) -> str:
    """What to do where numbers grew too large: a training goes on with its own settings alone."""
    again = "start again in another folder with a lower learning rate"
    return f"resume with --precision fp32, or {again}" if machine.mixed else again


def _freeze(training: ReidTraining, recipe: Recipe) -> None:
    """Let all weights learn, or at first only those that the recipe names."""
    if recipe.frozen_at_first:
        all_learn = training.epoch >= recipe.frozen_at_first
        for name, weight in training.network.named_parameters():
            learns = all_learn or name.startswith(recipe.trained_at_first)
            weight.requires_grad_(learns and name not in training.fixed)


def _stands_still(lost: list[float], recipe: Recipe) -> bool:
    """Whether, when it is time to look, the loss is about what it was in the first epoch."""
    return len(lost) == int(recipe.schedule.warmup) + _PATIENCE and lost[-1] > 0.98 * lost[0]
