"""Weights of torchvision's networks from a file."""

from pathlib import Path

from torch import nn

from passerby.errors import ModelError
from passerby.models.torch_files import read_torch

__all__ = ["load_weights"]

_COUNTER = "num_batches_tracked"
"""Of batch normalization: networks in use do without it."""


def load_weights(network: nn.Module, path: Path, prefix: str = "") -> bool:
    """Fill a network with weights, by name; those in 16 bits become as wide as its own.

    Args:
        network: Is changed.
        path: A file of torch with a state dict, which may hold more.
        prefix: Before each name in the file.

    Returns:
        Whether the file counts batches: those of networks whose normalization was frozen do not.

    Raises:
        ModelError: If the file cannot be read, or lacks a weight; the message names it.
    """
    given = read_torch(path)
    if not isinstance(given, dict):
        raise ModelError(f"{path} holds no weights by name: save a state_dict")
    own = network.state_dict()
    counters = {name for name in own if name.endswith(_COUNTER)}
    state = {}
    for name, value in own.items():
        stored = given.get(prefix + name)
        if stored is None and name in counters:
            continue
        if stored is None or stored.shape != value.shape:
            there = "missing" if stored is None else tuple(stored.shape)
            raise ModelError(
                f"{path} does not fit this network: {name} is {there} there and "
                f"{tuple(value.shape)} here; give weights of the same architecture"
            )
        state[name] = stored.to(value)
    network.load_state_dict(state, strict=False)
    return bool(counters & state.keys())
