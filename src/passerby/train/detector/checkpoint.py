"""The state of a training on disk, so that it can go on."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from passerby.train.detector.settings import TrainingSettings
from passerby.train.engine.state import read_training, write_training
from passerby.train.engine.training import Training

__all__ = ["read_checkpoint", "write_checkpoint"]

_MAY_CHANGE = {"pictures"}
"""Settings that a training may go on with when they are not those it began with."""


def write_checkpoint(training: Training[Any], settings: TrainingSettings, path: Path) -> None:
    """Write a checkpoint; the last good one survives whatever goes wrong.

    Raises:
        OutputError: If it cannot be written.
    """
    write_training(training, asdict(settings), path)


def read_checkpoint(training: Training[Any], settings: TrainingSettings, path: Path) -> None:
    """Put a training into the state of a checkpoint.

    Raises:
        ModelError: If the file is not a checkpoint of such a training with these settings.
    """
    read_training(training, asdict(settings), path, may_change=_MAY_CHANGE, renewed=_renewed)


def _renewed(state: dict[str, Any]) -> dict[str, Any]:
    """A state as it is written now; in version 0.1 it had other names, and no epochs."""
    if "settings" not in state:
        return state
    before = dict(state["settings"])
    if "smoothing" in before:
        before["ema_decay"] = before.pop("smoothing")
    return {**state, "asked": before, "optimizers": [state["optimizer"]], "epoch": 0, "lost": []}
