"""The state of a training on disk, so that it can go on."""

from dataclasses import asdict, dataclass
from pathlib import Path

from torch import nn, optim

from passerby.models.torch_files import read_torch, write_torch
from passerby.train.detector.settings import TrainingSettings
from passerby.train.engine.state import check_settings, checkpoint_errors

__all__ = ["DetectorTraining", "read_checkpoint", "write_checkpoint"]

_MAY_CHANGE = {"pictures"}
"""Settings that a training may go on with when they are not those it began with."""


@dataclass(eq=False)
class DetectorTraining:
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


def write_checkpoint(training: DetectorTraining, settings: TrainingSettings, path: Path) -> None:
    """Write a checkpoint; the last good one survives whatever goes wrong.

    Raises:
        OutputError: If it cannot be written.
    """
    state = {
        "network": training.network.state_dict(),
        "averaged": training.averaged.state_dict(),
        "optimizer": training.optimizer.state_dict(),
        "step": training.step,
        "settings": asdict(settings),
    }
    write_torch(path, state)


def read_checkpoint(training: DetectorTraining, settings: TrainingSettings, path: Path) -> None:
    """Put a training into the state of a checkpoint.

    Raises:
        ModelError: If the file is not a checkpoint of such a training with these settings.
    """
    with checkpoint_errors(path):
        state = read_torch(path)
        before = dict(state["settings"])
        if "smoothing" in before:  # its name in version 0.1
            before["ema_decay"] = before.pop("smoothing")
    check_settings(before, asdict(settings), path, may_change=_MAY_CHANGE)
    with checkpoint_errors(path):
        training.network.load_state_dict(state["network"])
        training.averaged.load_state_dict(state["averaged"])
        training.optimizer.load_state_dict(state["optimizer"])
        training.step = int(state["step"])
