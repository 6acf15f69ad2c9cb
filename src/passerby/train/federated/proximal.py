"""FedProx: sites are pulled back to what they were given while they learn.

Li et al., MLSys 2020, arXiv 1812.06127: each site makes its loss plus (mu / 2) ||w - w_t||^2 small.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

__all__ = ["pulled_back"]


@contextmanager
def pulled_back(
    network: nn.Module, optimizer: torch.optim.Optimizer, names: Iterable[str], mu: float
) -> Iterator[None]:
    """Add the gradient of the proximal term, mu (w - w_t), before each step of an optimizer.

    Args:
        network: What learns; w_t is what it is now.
        optimizer: Of the network.
        names: Of the weights that are pulled back; what has no gradient is left alone.
        mu: How strongly; 0 is FedAvg.
    """
    if not mu:
        yield
        return
    wanted = set(names)
    pairs = [
        (weight, weight.detach().clone())
        for name, weight in network.named_parameters()
        if name in wanted
    ]

    def pull(*_arguments: Any) -> None:  # noqa: ANN401 - as torch calls it
        for weight, anchor in pairs:
            if weight.grad is not None:
                weight.grad.add_(weight.detach() - anchor, alpha=mu)

    handle = optimizer.register_step_pre_hook(pull)
    try:
        yield
    finally:
        handle.remove()
