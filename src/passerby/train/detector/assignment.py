"""Which cells must find which boxes."""

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Targets", "assign", "overlaps"]

_CANDIDATES = 10
"""Cells that compete for a box."""

_RADIUS = 2.5
"""In strides: cells further from the middle of a box do not compete for it."""

_SCORE_POWER, _OVERLAP_POWER = 0.5, 6.0
"""What counts in the competition (Feng et al. 2021, arXiv 2108.07755, equation 2)."""


class Targets(NamedTuple):
    """What the N cells of one picture should say about one class.

    Attributes:
        scores: Shape (N,), 0-1: 0 for cells without a box; the box's best cell is asked for the
            overlap that it reaches.
        boxes: Shape (N, 4), pixels; zeros for cells without a box.
    """

    scores: Tensor
    boxes: Tensor


def assign(
    wanted: Tensor, boxes: Tensor, scores: Tensor, centres: Tensor, strides: Tensor
) -> Targets:
    """Let the cells that already do best learn each box (task-aligned assignment).

    Args:
        wanted: Shape (G, 4), the boxes to find, pixels.
        boxes: Shape (N, 4), what the cells predict.
        scores: Shape (N,), 0-1.
        centres: Shape (N, 2), of the cells.
        strides: Shape (N, 1).
    """
    targets = Targets(torch.zeros_like(scores), torch.zeros_like(boxes))
    if len(wanted) == 0:
        return targets
    overlap = overlaps(wanted[:, None], boxes[None])
    fit = scores.pow(_SCORE_POWER) * overlap.pow(_OVERLAP_POWER)
    fit = (fit + 1e-9) * _near(wanted, centres, strides)
    best, cells = fit.topk(min(_CANDIDATES, fit.shape[1]), dim=1)
    chosen = torch.zeros_like(fit).scatter_(1, cells, best)
    strength, owner = chosen.max(dim=0)
    taken = strength > 0
    owner = owner[taken]
    relative = strength[taken] / chosen.amax(dim=1)[owner]
    reached = (overlap * (chosen > 0)).amax(dim=1)[owner]
    targets.scores[taken] = relative * reached
    targets.boxes[taken] = wanted[owner]
    return targets


def _near(wanted: Tensor, centres: Tensor, strides: Tensor) -> Tensor:
    """Which cells lie in each box and near its middle, shape (G, N).

    A box too small to hold the centre of any cell takes those around its middle.
    """
    middle = (wanted[:, None, :2] + wanted[:, None, 2:]) / 2
    distance = ((centres[None] - middle).abs() / strides[None]).amax(dim=2)
    inside = (centres[None] > wanted[:, None, :2]) & (centres[None] < wanted[:, None, 2:])
    near = inside.all(dim=2) & (distance < _RADIUS)
    return torch.where(near.any(dim=1, keepdim=True), near, distance <= 1)


def overlaps(first: Tensor, second: Tensor) -> Tensor:
    """Intersection over union of boxes of shape (..., 4)."""
    low = torch.maximum(first[..., :2], second[..., :2])
    high = torch.minimum(first[..., 2:], second[..., 2:])
    shared = (high - low).clamp(min=0).prod(dim=-1)
    areas = (first[..., 2:] - first[..., :2]).prod(dim=-1) + (
        second[..., 2:] - second[..., :2]
    ).prod(dim=-1)
    return shared / (areas - shared).clamp(min=1e-6)
