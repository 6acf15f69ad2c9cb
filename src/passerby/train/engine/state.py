"""The state of a training on disk, so that it can go on."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from passerby.errors import ModelError, PasserbyError
from passerby.models.torch_files import read_torch, write_torch
from passerby.models.torch_memory import is_out_of_memory
from passerby.train.engine.training import Training

__all__ = [
    "check_settings",
    "checkpoint_errors",
    "first_difference",
    "read_training",
    "write_training",
]

SavedState = dict[str, Any]


def write_training(
    training: Training[Any], asked: Mapping[str, Any], path: Path, **more: object
) -> None:
    """Write the state; the last good one survives whatever goes wrong.

    Args:
        training: Between two epochs.
        asked: What the training was asked for, and what else is to be known when it goes on.
        path: Of the file.
        more: What else a kind of training keeps in it.

    Raises:
        OutputError: If it cannot be written.
    """
    state = {
        **{name: module.state_dict() for name, module in training.modules.items()},
        "averaged": training.averaged and training.averaged.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in training.optimizers],
        "epoch": training.epoch,
        "step": training.step,
        "lost": training.lost,
        "asked": dict(asked),
        **more,
    }
    write_torch(path, state)


def read_training(
    training: Training[Any],
    asked: Mapping[str, Any],
    path: Path,
    *,
    may_change: Collection[str] = (),
    renewed: Callable[[SavedState], SavedState] = dict,
) -> SavedState:
    """Put a training into the state of a file.

    Args:
        training: Of the same networks and optimizers; is changed.
        asked: What it is asked for now.
        path: Of the file.
        may_change: Names of what may be asked for otherwise than before.
        renewed: Brings the state of an older version into the present form.

    Returns:
        All that the file holds.

    Raises:
        ModelError: If the file is not the state of such a training.
    """
    with checkpoint_errors(path):
        state = renewed(read_torch(path))
        before = dict(state["asked"])
    check_settings(before, asked, path, may_change=may_change)
    with checkpoint_errors(path):
        for name, module in training.modules.items():
            module.load_state_dict(state[name])
        if training.averaged is not None:
            training.averaged.load_state_dict(state["averaged"])
        for optimizer, own in zip(training.optimizers, state["optimizers"], strict=True):
            _put_back(optimizer, own)
        training.epoch, training.step = int(state["epoch"]), int(state["step"])
        training.lost = [float(loss) for loss in state["lost"]]
    return state


def _put_back(optimizer: torch.optim.Optimizer, state: SavedState) -> None:
    """Give an optimizer its moments; how it computes is its own, whatever wrote the state."""
    optimizer.load_state_dict(state)
    for group in optimizer.param_groups:
        group["fused"] = optimizer.defaults["fused"]


@contextmanager
def checkpoint_errors(path: Path) -> Iterator[None]:
    """Turn whatever does not fit while a state is put back into one clear line.

    What is no fault of the file passes as it is: a disk that cannot be read, or short memory.

    Raises:
        ModelError: If anything does not fit.
    """
    try:
        yield
    except (PasserbyError, OSError):
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise
        raise ModelError(
            f"{path} is not a checkpoint of this training run: move it away to start again"
        ) from error


def check_settings(
    before: Mapping[str, Any], now: Mapping[str, Any], path: Path, *, may_change: Collection[str]
) -> None:
    """Make sure that a training goes on with the settings that it was started with.

    Args:
        before: Those of the state.
        now: Those that are asked for.
        path: Of the state, for the message.
        may_change: Names of those that need not be the same.

    Raises:
        ModelError: If any other differs; it names the first.
    """
    for name in sorted(now.keys() - set(may_change)):
        if before.get(name) != now[name]:
            where, then, asked = first_difference(name, before.get(name), now[name])
            raise ModelError(
                f"{path} was started with {where} {then}, not {asked}: give the same, or another "
                "output folder"
            )


def first_difference(name: str, before: object, now: object) -> tuple[str, object, object]:
    """Return where two settings differ at first, and what they are there."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        keys = sorted(before.keys() | now.keys())
        key = next(key for key in keys if before.get(key) != now.get(key))
        return first_difference(f"{name}.{key}", before.get(key), now.get(key))
    return name, before, now
