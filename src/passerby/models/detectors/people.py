"""A small network that finds people and heads at three scales.

Dense 3x3 convolutions on few channels rather than depthwise ones on many: at equal multiplications
they run twice as fast on a processor, in training and in use. The trunk splits channels and keeps
every intermediate result, as in CSPNet (Wang et al. 2020, arXiv 1911.11929); the neck joins scales
downwards and upwards, as in PANet (Liu et al. 2018, arXiv 1803.01534); every cell predicts without
anchors the distances to the four sides of a box, as in FCOS (Tian et al. 2019, arXiv 1904.01355),
and has a box of its own for each class, because a head and its person often share a cell.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["CLASSES", "STRIDES", "PeopleNetwork", "Prediction", "cell_centres"]

STRIDES = 8, 16, 32
"""Pixels between the cells of the three feature maps."""

CLASSES = "person", "head"

_PRIOR = 0.01
"""Score of every cell before training, so that the many empty cells do not drown the rest."""


class Prediction(NamedTuple):
    """What the network says about N cells of each of B pictures, stride by stride, row by row.

    Attributes:
        distances: Shape (B, N, classes, 4): from the cell's centre to the left, top, right and
            bottom of the box, in strides, not negative.
        scores: Shape (B, N, classes): logits in training, probabilities in use.
    """

    distances: Tensor
    scores: Tensor


def cell_centres(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Centres of all cells of an input of this size, and their strides.

    Returns:
        x and y in pixels, shape (N, 2), and strides in pixels, shape (N, 1).
    """
    centres, strides = [], []
    for stride in STRIDES:
        rows, columns = height // stride, width // stride
        y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
        centres.append((torch.stack([x, y], dim=-1).reshape(-1, 2) + 0.5) * stride)
        strides.append(torch.full((rows * columns, 1), float(stride)))
    return torch.cat(centres), torch.cat(strides)


class PeopleNetwork(nn.Module):
    """Finds people and heads in BGR pictures of 0-255 whose sides are multiples of 32.

    Args:
        widths: Channels at strides 2, 4, 8, 16 and 32.
        depths: 3x3 convolutions at strides 4, 8, 16 and 32.
        neck: Channels of the joined scales.
    """

    def __init__(
        self,
        widths: Sequence[int] = (16, 24, 56, 112, 192),
        depths: Sequence[int] = (1, 2, 3, 2),
        neck: int = 48,
    ) -> None:
        super().__init__()
        self.stem = _convolution(3, widths[0], 3, stride=2)
        self.stages = nn.ModuleList(
            nn.Sequential(_convolution(before, after, 3, stride=2), _Stage(after, depth))
            for before, after, depth in zip(widths, widths[1:], depths, strict=False)
        )
        self.context = _Context(widths[-1])
        self.neck = _Neck(widths[-3:], neck)
        self.heads = nn.ModuleList(_Head(neck) for _ in STRIDES)

    def forward(self, images: Tensor) -> Prediction:
        """Predict for images of shape (B, 3, H, W)."""
        features = self.stem(images / 64 - 2)
        maps = []
        for stage in self.stages:
            features = stage(features)
            maps.append(features)
        maps = self.neck([*maps[1:-1], self.context(maps[-1])])
        found = [head(features) for head, features in zip(self.heads, maps, strict=True)]
        distances = torch.cat([distances for distances, _ in found], dim=1)
        scores = torch.cat([scores for _, scores in found], dim=1)
        return Prediction(distances, scores if self.training else scores.sigmoid())


def _convolution(inputs: int, outputs: int, size: int, *, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03),
        nn.ReLU(inplace=True),
    )


class _Stage(nn.Module):
    """Residual 3x3 convolutions on half of the channels; all their results are joined."""

    def __init__(self, channels: int, depth: int) -> None:
        super().__init__()
        half = channels // 2
        self.enter = _convolution(channels, channels, 1)
        self.blocks = nn.ModuleList(_convolution(half, half, 3) for _ in range(depth))
        self.leave = _convolution(channels + depth * half, channels, 1)

    def forward(self, features: Tensor) -> Tensor:
        parts = list(self.enter(features).chunk(2, dim=1))
        for block in self.blocks:
            parts.append(parts[-1] + block(parts[-1]))
        joined: Tensor = self.leave(torch.cat(parts, dim=1))
        return joined


class _Context(nn.Module):
    """Pools over ever larger windows, so that a cell knows its surroundings (He et al. 2014)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.enter = _convolution(channels, channels // 2, 1)
        self.pool = nn.MaxPool2d(5, stride=1, padding=2)
        self.leave = _convolution(2 * channels, channels, 1)

    def forward(self, features: Tensor) -> Tensor:
        parts = [self.enter(features)]
        for _ in range(3):
            parts.append(self.pool(parts[-1]))
        joined: Tensor = self.leave(torch.cat(parts, dim=1))
        return joined


class _Neck(nn.Module):
    """Carries what the coarse maps know to the fine ones, and back."""

    def __init__(self, inputs: Sequence[int], channels: int) -> None:
        super().__init__()
        self.enter = nn.ModuleList(_convolution(width, channels, 1) for width in inputs)
        self.down = nn.ModuleList(_convolution(channels, channels, 3) for _ in inputs[1:])
        self.stride = nn.ModuleList(
            _convolution(channels, channels, 3, stride=2) for _ in inputs[1:]
        )
        self.up = nn.ModuleList(_convolution(channels, channels, 3) for _ in inputs[1:])

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        maps = [enter(features) for enter, features in zip(self.enter, maps, strict=True)]
        for fine in range(len(maps) - 2, -1, -1):
            coarse = functional.interpolate(maps[fine + 1], scale_factor=2.0, mode="nearest")
            maps[fine] = self.down[fine](maps[fine] + coarse)
        for fine in range(len(maps) - 1):
            finer = self.stride[fine](maps[fine])
            maps[fine + 1] = self.up[fine](maps[fine + 1] + finer)
        return maps


class _Head(nn.Module):
    """Predicts for the cells of one map."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.tower = _convolution(channels, channels, 3)
        self.distances = nn.Conv2d(channels, 4 * len(CLASSES), 1)
        self.scores = nn.Conv2d(channels, len(CLASSES), 1)
        self.distances.bias = _constant(4 * len(CLASSES), 1.0)
        self.scores.bias = _constant(len(CLASSES), -math.log((1 - _PRIOR) / _PRIOR))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        features = self.tower(features)
        distances = self.distances(features).flatten(2).transpose(1, 2)
        scores = self.scores(features).flatten(2).transpose(1, 2)
        shape = (distances.shape[0], -1, len(CLASSES), 4)
        return functional.softplus(distances).reshape(shape), scores


def _constant(count: int, value: float) -> nn.Parameter:
    return nn.Parameter(torch.full((count,), value))
