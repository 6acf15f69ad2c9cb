"""All that changes while a training goes on, and its file."""

import copy
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import torch

from passerby.errors import ConfigError
from passerby.models.reid import ReidNetwork
from passerby.models.reid.origin import WeightsOrigin
from passerby.models.torch_files import read_torch, write_torch
from passerby.train.engine.state import check_settings, checkpoint_errors
from passerby.train.reid.distillation.objective import DistillationObjective
from passerby.train.reid.objective import ReidObjective
from passerby.train.reid.settings import Optimizer, Recipe

__all__ = ["Objective", "ReidTraining", "new_training", "read_state", "write_state"]

Objective: TypeAlias = ReidObjective | DistillationObjective
"""Who is who, or what teachers say."""


@dataclass(eq=False)
class ReidTraining:
    """All that changes while a training goes on, between two epochs.

    No state of a generator is among it: whatever is random is drawn anew from the seed and the
    number of the epoch.

    Attributes:
        learner: The network and its losses.
        optimizers: Of the network and, if there are any, of the centres.
        averaged: The network with averaged weights (EMA), if they are averaged.
        fixed: Names of the network's weights that never learn.
        epoch: Epochs that are done.
        step: Batches that are done.
        lost: Mean loss of each epoch that is done.
    """

    learner: Objective
    optimizers: tuple[torch.optim.Optimizer, ...]
    averaged: ReidNetwork | None = None
    fixed: frozenset[str] = frozenset()
    epoch: int = 0
    step: int = 0
    lost: list[float] = field(default_factory=list)

    @property
    def result(self) -> ReidNetwork:
        """The network that is used in the end."""
        return self.averaged or self.learner.network


def new_training(learner: Objective, recipe: Recipe) -> ReidTraining:
    """Return a training that has not begun yet."""
    averaged = None
    if recipe.ema_decay:
        averaged = copy.deepcopy(learner.network).requires_grad_(requires_grad=False)
    optimizers = [_optimizer(learner.network, recipe.optimizer)]
    if learner.centres is not None:
        # In the sum of all losses, the centres' gradient is as small as the weight of their loss;
        # the strong baseline divides it by that again.
        rate = recipe.weights.centre_rate / recipe.weights.centre
        optimizers.append(torch.optim.SGD(learner.centres.parameters(), lr=rate))
    weights = learner.network.named_parameters()
    fixed = frozenset(name for name, one in weights if not one.requires_grad)
    return ReidTraining(learner, tuple(optimizers), averaged, fixed)


def _optimizer(network: ReidNetwork, settings: Optimizer) -> torch.optim.Optimizer:
    """Return the optimizer; the ``share`` of each group is that of the learning rate it has."""
    backbone = {id(one) for one in network.backbone.parameters()} if network.backbone else set()
    old = [one for one in network.parameters() if id(one) in backbone]
    new = [one for one in network.parameters() if id(one) not in backbone]
    groups = [
        {"params": weights, "share": share}
        for weights, share in ((old, settings.backbone), (new, 1.0))
        if weights
    ]
    shared: dict[str, Any] = {"lr": settings.learning_rate, "weight_decay": settings.weight_decay}
    match settings.kind:
        case "adam":
            betas = (settings.momentum, 0.999)
            return torch.optim.Adam(groups, betas=betas, fused=True, **shared)
        case "adamw":
            betas = (settings.momentum, 0.999)
            return torch.optim.AdamW(groups, betas=betas, fused=True, **shared)
        case "sgd":
            # Fused, it cannot begin with some weights of a group later than with others.
            return torch.optim.SGD(groups, momentum=settings.momentum, nesterov=True, **shared)
        case _:
            raise ConfigError(f"optimizer is {settings.kind!r}: choose adam, adamw or sgd")


def write_state(training: ReidTraining, asked: Mapping[str, Any], path: Path) -> None:
    """Write the state; the last good one survives whatever goes wrong.

    Args:
        training: Between two epochs.
        asked: What the training was asked for, and what else is to be known when it goes on.
        path: Of the file.

    Raises:
        OutputError: If it cannot be written.
    """
    state = {
        "learner": training.learner.state_dict(),
        "averaged": training.averaged and training.averaged.state_dict(),
        "origin": asdict(training.learner.network.origin),
        "optimizers": [optimizer.state_dict() for optimizer in training.optimizers],
        "epoch": training.epoch,
        "step": training.step,
        "lost": training.lost,
        "asked": dict(asked),
    }
    write_torch(path, state)


def read_state(training: ReidTraining, asked: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Put a training into the state of a file.

    Returns:
        What was written as asked for.

    Raises:
        ModelError: If the file is not the state of such a training.
    """
    with checkpoint_errors(path):
        state = read_torch(path)
        before = dict(state["asked"])
    check_settings(before, asked, path, may_change=())
    with checkpoint_errors(path):
        training.learner.load_state_dict(state["learner"])
        if training.averaged is not None:
            training.averaged.load_state_dict(state["averaged"])
        training.learner.network.origin = training.result.origin = WeightsOrigin(**state["origin"])
        for optimizer, own in zip(training.optimizers, state["optimizers"], strict=True):
            _put_back(optimizer, own)
        training.epoch, training.step = int(state["epoch"]), int(state["step"])
        training.lost = [float(loss) for loss in state["lost"]]
    return before


def _put_back(optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Give an optimizer its moments; how it computes is its own, whatever wrote the state."""
    optimizer.load_state_dict(state)
    for group in optimizer.param_groups:
        group["fused"] = optimizer.defaults["fused"]
