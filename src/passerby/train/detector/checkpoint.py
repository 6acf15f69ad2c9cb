"""The state of a training on disk, so that it can go on."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn, optim

from passerby.errors import ModelError, OutputError
from passerby.models.session import first_line
from passerby.train.detector.settings import TrainingSettings

__all__ = ["Training", "read_checkpoint", "write_checkpoint"]

_MAY_CHANGE = {"pictures"}
"""Settings that a training may go on with when they are not those it began with."""


@dataclass(eq=False)
class Training:
    """All that changes while a training goes on.

    Attributes:
        network: What learns.
        averaged: Its averaged weights (EMA), which is what is used in the end.
        optimizer: Of the network's weights.
        step: Batches learned from so far.
    """

    network: nn.Module
    averaged: nn.Module
    optimizer: optim.Optimizer
    step: int = 0


def write_checkpoint(training: Training, settings: TrainingSettings, path: Path) -> None:
    """Write a checkpoint; the last good one survives whatever goes wrong.

    Raises:
        OutputError: If it cannot be written.
    """
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(
            {
                "network": training.network.state_dict(),
                "averaged": training.averaged.state_dict(),
                "optimizer": training.optimizer.state_dict(),
                "step": training.step,
                "settings": asdict(settings),
            },
            partial,
        )
        partial.replace(path)
    except (OSError, RuntimeError) as error:
        partial.unlink(missing_ok=True)
        raise OutputError(f"cannot write {path} ({first_line(error)}): free some space") from error


def read_checkpoint(training: Training, settings: TrainingSettings, path: Path) -> None:
    """Put a training into the state of a checkpoint.

    Raises:
        ModelError: If the file is not a checkpoint of such a training with these settings.
    """
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        _check(state["settings"], asdict(settings), path)
        training.network.load_state_dict(state["network"])
        training.averaged.load_state_dict(state["averaged"])
        training.optimizer.load_state_dict(state["optimizer"])
        training.step = int(state["step"])
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(
            f"{path} is not a checkpoint of this training: move it away to start anew"
        ) from error


def _check(before: dict[str, Any], now: dict[str, Any], path: Path) -> None:
    for name in now.keys() - _MAY_CHANGE:
        if before[name] != now[name]:
            raise ModelError(
                f"{path} was begun with {name} {before[name]}, not {now[name]}: give the same, "
                "or another output folder"
            )
