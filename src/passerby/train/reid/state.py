"""What a training for re-identification starts with, and its state on disk."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import nn

from passerby.errors import ConfigError
from passerby.models.reid import ReidNetwork
from passerby.models.reid.origin import WeightsOrigin
from passerby.train.engine.ema import averaged_copy
from passerby.train.engine.state import checkpoint_errors, read_training, write_training
from passerby.train.engine.training import Training
from passerby.train.reid.distillation.objective import DistillationObjective
from passerby.train.reid.objective import ReidObjective
from passerby.train.reid.settings import Optimizer, Recipe

__all__ = ["Objective", "ReidTraining", "new_training", "read_state", "write_state"]

Objective: TypeAlias = ReidObjective | DistillationObjective
"""Who is who, or what teachers say."""


@dataclass(eq=False, kw_only=True)
class ReidTraining(Training[ReidNetwork]):
    """The state of a training for re-identification.

    Attributes:
        learner: The network and its losses, which may learn too.
        fixed: Names of the network's weights that never learn.
    """

    learner: Objective
    fixed: frozenset[str] = frozenset()

    @property
    def modules(self) -> Mapping[str, nn.Module]:
        """The network with its losses."""
        return {"learner": self.learner}


def new_training(learner: Objective, recipe: Recipe) -> ReidTraining:
    """Return a training that has not begun yet."""
    optimizers = [_optimizer(learner.network, recipe.optimizer)]
    if learner.centres is not None:
        # In the sum of all losses, the centres' gradient is as small as the weight of their loss;
        # the strong baseline divides it by that again.
        rate = recipe.weights.centre_rate / recipe.weights.centre
        optimizers.append(torch.optim.SGD(learner.centres.parameters(), lr=rate))
    weights = learner.network.named_parameters()
    return ReidTraining(
        network=learner.network,
        learner=learner,
        optimizers=tuple(optimizers),
        averaged=averaged_copy(learner.network) if recipe.ema_decay else None,
        ema_decay=recipe.ema_decay,
        fixed=frozenset(name for name, one in weights if not one.requires_grad),
    )


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
    write_training(training, asked, path, origin=asdict(training.network.origin))


def read_state(training: ReidTraining, asked: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Put a training into the state of a file.

    Returns:
        What was written as asked for.

    Raises:
        ModelError: If the file is not the state of such a training.
    """
    state = read_training(training, asked, path)
    with checkpoint_errors(path):
        training.network.origin = training.result.origin = WeightsOrigin(**state["origin"])
    return dict(state["asked"])
