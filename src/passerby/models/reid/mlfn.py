"""The multi-level factorisation net (MLFN).

Chang et al. 2018, "Multi-level factorisation net for person re-identification", CVPR, arXiv
1803.09132.
"""

import torch
from torch import Tensor, nn

from passerby.geometry import Size
from passerby.models.reid.cards import REID_MODELS, ReidCard
from passerby.models.reid.layers import convolution, initialise, scaled
from passerby.models.reid.network import Output, ReidNetwork

__all__ = ["MultiLevelFactorisationNet"]

_GROUPS = 32
"""Factors of each block."""

_STAGES = ((3, 256, 128, 64), (4, 512, 256, 128), (6, 1024, 512, 128), (3, 2048, 512, 128))
"""Blocks of each stage, their channels, and the channels that select their factors."""


class MultiLevelFactorisationNet(ReidNetwork):
    """Each of 16 blocks chooses among its factors; what all of them chose is part of a signature.

    Args:
        people: Number of people to tell apart.
        size: Height and width of the images.
        width: Share of the channels; each block keeps its 32 factors.
    """

    def __init__(self, people: int, size: Size, *, width: float = 1.0) -> None:
        super().__init__(size)
        channels = scaled(64, width)
        self.stem = nn.Sequential(
            convolution(3, channels, 7, stride=2, bias=True), nn.MaxPool2d(3, stride=2, padding=1)
        )
        self.blocks = nn.ModuleList()
        for stage, (blocks, outputs, *selection) in enumerate(_STAGES):
            wide = scaled(outputs, width, 2 * _GROUPS)
            hidden = [scaled(hidden, width) for hidden in selection]
            for block in range(blocks):
                stride = 2 if stage > 0 and block == 0 else 1
                self.blocks.append(_Block(channels, wide, hidden, stride))
                channels = wide
        self.dimension = scaled(1024, width)
        self.features = convolution(channels, self.dimension)
        self.factors = convolution(len(self.blocks) * _GROUPS, self.dimension)
        self.classifier = nn.Linear(self.dimension, people)
        initialise(self)

    def learn(self, images: Tensor) -> Output:
        """Return one tensor of logits, and the signatures."""
        signatures = self.describe(images)
        return Output((self.classifier(signatures),), (signatures,))

    def describe(self, images: Tensor) -> Tensor:
        """Return the mean of what the last maps say and what the chosen factors say."""
        maps, chosen = self.stem(images), []
        for block in self.blocks:
            maps, factors = block(maps)
            chosen.append(factors)
        features: Tensor = self.features(maps.mean(dim=(2, 3), keepdim=True))
        chosen_features: Tensor = self.factors(torch.cat(chosen, dim=1))
        return (features + chosen_features).flatten(1) / 2


class _Block(nn.Module):
    """A residual block of grouped convolutions ("factor modules") and the weights of its groups."""

    def __init__(self, inputs: int, outputs: int, selection: list[int], stride: int) -> None:
        super().__init__()
        middle = outputs // 2
        self.enter = nn.Sequential(
            convolution(inputs, middle),
            convolution(middle, middle, 3, stride=stride, groups=_GROUPS),
        )
        self.leave = convolution(middle, outputs)
        self.select = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            convolution(inputs, selection[0], bias=True),
            convolution(selection[0], selection[1], bias=True),
            convolution(selection[1], _GROUPS, bias=True, activation=False),
            nn.Sigmoid(),
        )
        self.shortcut: nn.Module = nn.Identity()
        if inputs != outputs or stride > 1:
            self.shortcut = convolution(inputs, outputs, stride=stride, activation=False)

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        chosen = self.select(maps)
        entered = self.enter(maps)
        weights = chosen.repeat_interleave(entered.shape[1] // _GROUPS, dim=1)
        left = self.leave(weights * entered)
        return (self.shortcut(maps) + left).relu(), chosen


REID_MODELS.add(
    "mlfn",
    ReidCard(
        build=MultiLevelFactorisationNet,
        summary="16 blocks of 32 factors; which factors are chosen is part of the signature.",
        paper="Chang et al., CVPR 2018, arXiv 1803.09132",
        size=(256, 128),
        dimension=1024,
        losses=("identity",),
        weights="imagenet",
        quick={"width": 0.25},
    ),
)
