"""Weights averaged over a training (EMA), which do better than those of its last step."""

import copy
from typing import TypeVar

import torch
from torch import nn

__all__ = ["averaged_copy", "update_ema"]

_Network = TypeVar("_Network", bound=nn.Module)


def averaged_copy(network: _Network) -> _Network:
    """Return a copy whose weights do not learn themselves, but can follow those of the network."""
    return copy.deepcopy(network).requires_grad_(requires_grad=False)


@torch.no_grad()
def update_ema(averaged: nn.Module, network: nn.Module, step: int, decay: float) -> None:
    """Let averaged weights follow; at first faster, or the random start would linger.

    Args:
        averaged: Is changed; of the same kind as the network.
        network: What learns.
        step: Batches learned from so far.
        decay: Share of the averaged weights that stays in the long run.
    """
    kept = min(decay, (1 + step) / (10 + step))
    pairs = zip(averaged.state_dict().values(), network.state_dict().values(), strict=True)
    for average, current in pairs:
        if average.dtype.is_floating_point:
            average.lerp_(current, 1 - kept)
        else:
            average.copy_(current)
