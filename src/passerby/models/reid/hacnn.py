"""The harmonious attention network (HA-CNN).

Li et al. 2018, "Harmonious attention network for person re-identification", CVPR, arXiv 1802.08122.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from passerby.geometry import Size
from passerby.models.reid.attention import HardAttention, RegionWarp, SoftAttention
from passerby.models.reid.cards import REID_MODELS, ReidCard
from passerby.models.reid.layers import convolution, embedding, scaled
from passerby.models.reid.network import Output, ReidNetwork

__all__ = ["HarmoniousAttentionNetwork"]

_CHANNELS = (128, 256, 384)
"""Of the three levels."""


class HarmoniousAttentionNetwork(ReidNetwork):
    """A global branch weighs cells and channels; a local one follows four regions that it chooses.

    Signatures are the embeddings of both branches, each normalised to length 1.

    The biases of its convolutions do nothing before batch normalisation; they are kept so that
    it has as many parameters as the one whose figures are published.

    Args:
        people: Number of people to tell apart.
        size: Height and width of the images; 160x64 in the paper.
        width: Share of the channels and of the signature's length.
    """

    def __init__(self, people: int, size: Size, *, width: float = 1.0) -> None:
        super().__init__(size)
        stem = scaled(32, width)
        self.stem = _convolution(3, stem, 3, stride=2)
        channels = [stem, *(scaled(wide, width, 16) for wide in _CHANNELS)]
        maps = _halved(size)
        # 24x28 cells of the 80x32 that the stem makes of the paper's images.
        region = 4 * max(1, round(0.3 * maps[0] / 4)), 4 * max(1, round(0.875 * maps[1] / 4))
        self.levels = nn.ModuleList()
        for inputs, outputs in pairwise(channels):
            self.levels.append(_Level(inputs, outputs, RegionWarp(maps, region)))
            maps, region = _halved(maps), _halved(region)
        length = scaled(512, width)
        self.dimension = 2 * length
        self.global_embedding = embedding(channels[-1], length)
        self.local_embedding = embedding(4 * channels[-1], length)
        self.classifiers = nn.ModuleList(nn.Linear(length, people) for _ in range(2))

    def learn(self, images: Tensor) -> Output:
        """Return logits of the global and of the local branch, and the embeddings of both."""
        embeddings = self._embeddings(images)
        logits = zip(self.classifiers, embeddings, strict=True)
        return Output(tuple(classify(features) for classify, features in logits), embeddings)

    def describe(self, images: Tensor) -> Tensor:
        """Return the embeddings of both branches, each normalised."""
        parts = [functional.normalize(part, dim=1) for part in self._embeddings(images)]
        return torch.cat(parts, dim=1)

    def _embeddings(self, images: Tensor) -> tuple[Tensor, Tensor]:
        maps: Tensor = self.stem(images)
        regions: list[Tensor] = []
        for level in self.levels:
            maps, regions = level(maps, regions)
        local = torch.cat([region.mean(dim=(2, 3)) for region in regions], dim=1)
        return self.global_embedding(maps.mean(dim=(2, 3))), self.local_embedding(local)


class _Level(nn.Module):
    """One level of both branches (paper, figure 1): maps are halved, regions follow."""

    def __init__(self, inputs: int, outputs: int, warp: RegionWarp) -> None:
        super().__init__()
        self.inception = nn.Sequential(_Inception(inputs, outputs), _Reduction(outputs, outputs))
        self.soft = SoftAttention(outputs)
        self.hard = HardAttention(outputs)
        self.warp = warp
        self.local = _Reduction(inputs, outputs)

    def forward(self, maps: Tensor, regions: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        halved = self.inception(maps)
        seen = list(self.warp(maps, self.hard(halved)).unbind(dim=1))
        if regions:
            seen = [before + now for before, now in zip(regions, seen, strict=True)]
        # One region after the other, so that each is normalised by its own batch statistics.
        return halved * self.soft(halved), [self.local(region) for region in seen]


def _convolution(inputs: int, outputs: int, kernel: int = 1, *, stride: int = 1) -> nn.Sequential:
    return convolution(inputs, outputs, kernel, stride=stride, bias=True)


def _halved(size: Size) -> Size:
    """Return the size of maps after a 3x3 convolution of stride 2."""
    return (size[0] + 1) // 2, (size[1] + 1) // 2


class _Inception(nn.Module):
    """Four streams of a quarter of the channels each."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        quarter = outputs // 4
        self.streams = nn.ModuleList(
            nn.Sequential(_convolution(inputs, quarter), _convolution(quarter, quarter, 3))
            for _ in range(3)
        )
        self.streams.append(
            nn.Sequential(nn.AvgPool2d(3, stride=1, padding=1), _convolution(inputs, quarter))
        )

    def forward(self, maps: Tensor) -> Tensor:
        return torch.cat([stream(maps) for stream in self.streams], dim=1)


class _Reduction(nn.Module):
    """Halves the maps in three ways."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        quarter = outputs // 4
        self.streams = nn.ModuleList(
            [
                nn.Sequential(
                    _convolution(inputs, quarter), _convolution(quarter, quarter, 3, stride=2)
                ),
                nn.Sequential(
                    _convolution(inputs, quarter),
                    _convolution(quarter, quarter, 3),
                    _convolution(quarter, quarter, 3, stride=2),
                ),
                nn.Sequential(
                    nn.MaxPool2d(3, stride=2, padding=1), _convolution(inputs, 2 * quarter)
                ),
            ]
        )

    def forward(self, maps: Tensor) -> Tensor:
        return torch.cat([stream(maps) for stream in self.streams], dim=1)


REID_MODELS.add(
    "hacnn",
    ReidCard(
        build=HarmoniousAttentionNetwork,
        summary="Weighs cells and channels, and follows four regions of the body; light.",
        paper="Li et al., CVPR 2018, arXiv 1802.08122",
        size=(160, 64),
        dimension=1024,
        losses=("identity",),
        weights="scratch",
        quick={"width": 0.5},
    ),
)
