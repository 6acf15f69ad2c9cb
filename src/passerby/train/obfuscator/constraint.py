"""A bound on what may leak, kept by a weight that rises while too much does."""

import math

import torch
from torch import Tensor, nn

__all__ = ["LeakConstraint"]

_LEAST, _MOST = 1e-3, 100.0


class LeakConstraint(nn.Module):
    """The weight of a privacy loss, found by dual ascent instead of chosen.

    weight <- weight * exp(rate * (leak - limit)), with the leak averaged over steps. Too small a
    weight rises until the limit is kept, and a needlessly large one falls: what suits one data set
    or detector need not suit the next.

    Args:
        limit: What may leak.
        weight: At the beginning.
        rate: Of its change a step.
        memory: Share of the averaged leak that stays at each step.

    Example:
        >>> constraint = LeakConstraint(limit=0.3, weight=1.0, rate=0.1)
        >>> for leak in (0.8, 0.8, 0.8):
        ...     constraint.observe(leak)
        >>> round(float(constraint.weight), 3)
        1.162
    """

    weight: Tensor
    leak: Tensor
    observed: Tensor

    def __init__(
        self, *, limit: float, weight: float = 5.0, rate: float = 0.05, memory: float = 0.95
    ) -> None:
        super().__init__()
        self.limit = limit
        self.rate = rate
        self.memory = memory
        self.register_buffer("weight", torch.tensor(weight, dtype=torch.float64))
        self.register_buffer("leak", torch.zeros((), dtype=torch.float64))
        self.register_buffer("observed", torch.zeros((), dtype=torch.long))

    def observe(self, leak: float) -> None:
        """Let the weight follow a leak that was measured; NaN tells nothing."""
        if math.isnan(leak):
            return
        kept = self.memory if self.observed else 0.0
        self.leak.fill_(kept * float(self.leak) + (1 - kept) * leak)
        self.observed += 1
        weight = float(self.weight) * math.exp(self.rate * (float(self.leak) - self.limit))
        self.weight.fill_(min(max(weight, _LEAST), _MOST))
