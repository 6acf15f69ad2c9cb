"""Which numbers of a network sites share, and which stay at home."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from passerby.models.reid import ReidNetwork

__all__ = ["SharedWeights", "read_weights", "shared_names", "transferable_names", "write_weights"]

SharedWeights: TypeAlias = Mapping[str, npt.NDArray[np.float32]]
"""Numbers of a network by their names in its state."""

_OF_PEOPLE = "classifier"
"""Beginning of the names of what tells the people of one site apart: nobody else has use for it."""


def transferable_names(network: ReidNetwork) -> tuple[str, ...]:
    """Name what a site can take over from others: all but its classifiers and counters."""
    return tuple(
        name
        for name, value in network.state_dict().items()
        if value.dtype.is_floating_point and not name.startswith(_OF_PEOPLE)
    )


def shared_names(network: ReidNetwork, *, keep_batchnorm: bool) -> tuple[str, ...]:
    """Name what a site sends.

    Args:
        network: Of any site: the names are the same at all of them.
        keep_batchnorm: Whether batch normalisation stays at home, with its weights and its
            statistics (FedBN: Li et al., ICLR 2021, arXiv 2102.07623).
    """
    at_home = set(_batchnorm_names(network)) if keep_batchnorm else set()
    return tuple(name for name in transferable_names(network) if name not in at_home)


def _batchnorm_names(network: nn.Module) -> Iterable[str]:
    for prefix, module in network.named_modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            yield from (f"{prefix}.{name}" for name in module.state_dict())


def read_weights(network: nn.Module, names: Iterable[str]) -> SharedWeights:
    """Copy numbers of a network."""
    state = network.state_dict()
    return {name: state[name].detach().cpu().numpy().astype(np.float32) for name in names}


@torch.no_grad()
def write_weights(network: nn.Module, weights: SharedWeights, names: Iterable[str]) -> None:
    """Put numbers into a network, in place: optimizers go on with them."""
    state = network.state_dict()
    for name in names:
        state[name].copy_(torch.from_numpy(np.ascontiguousarray(weights[name])))
