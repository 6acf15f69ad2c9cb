"""MuDeep: streams of several scales, joined by learned saliency.

Qian et al. 2017, "Multi-scale deep learning architectures for person re-identification", ICCV,
arXiv 1709.05165. The paper takes images of 160x60; as in Torchreid, whose figures Dietlmeier et al.
report, they are 256x128 here, and a mean over 4x4 cells follows the fusion.
"""

import torch
from torch import Tensor, nn

from passerby.geometry import Size
from passerby.models.reid.cards import REID_MODELS, ReidCard
from passerby.models.reid.layers import convolution, embedding, scaled
from passerby.models.reid.network import Output, ReidNetwork

__all__ = ["MultiScaleDeep"]


class MultiScaleDeep(ReidNetwork):
    """Describes an image by a dense layer over small maps of all scales.

    The biases of its convolutions do nothing before batch normalisation; they are kept so that
    it has as many parameters as the one whose figures are published.

    Args:
        people: Number of people to tell apart.
        size: Height and width of the images.
        width: Share of the channels and of the signature's length.
    """

    def __init__(self, people: int, size: Size, *, width: float = 1.0) -> None:
        super().__init__(size)
        low, trunk, scales = (scaled(channels, width) for channels in (48, 96, 256))
        self.stem = nn.Sequential(
            _convolution(3, low, 3), _convolution(low, trunk, 3), nn.MaxPool2d(3, 2, padding=1)
        )
        self.early = _EarlyScales(trunk, width)
        self.reduction = _Reduction(4 * scaled(24, width), trunk, width)
        self.late = _LateScales(self.reduction.outputs, scales, width)
        self.saliency = nn.Parameter(torch.rand(4, scales, 1, 1))
        self.pool = nn.AvgPool2d(4)
        rows, columns = ((side + 3) // 4 // 4 for side in size)  # halved twice, then the means
        self.dimension = scaled(4096, width)
        self.embedding = embedding(scales * rows * columns, self.dimension)
        self.classifier = nn.Linear(self.dimension, people)

    def learn(self, images: Tensor) -> Output:
        """Return one tensor of logits, and the signatures."""
        signatures = self.describe(images)
        return Output((self.classifier(signatures),), (signatures,))

    def describe(self, images: Tensor) -> Tensor:
        """Return the embedding of the joined scales."""
        maps = self.reduction(self.early(self.stem(images)))
        joined = (self.saliency * torch.stack(self.late(maps), dim=1)).sum(dim=1)
        signatures: Tensor = self.embedding(self.pool(joined).flatten(1))
        return signatures


def _convolution(
    inputs: int, outputs: int, kernel: int | tuple[int, int] = 1, *, stride: int = 1
) -> nn.Sequential:
    return convolution(inputs, outputs, kernel, stride=stride, bias=True)


def _mean(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.AvgPool2d(3, stride=1, padding=1), _convolution(inputs, outputs))


class _EarlyScales(nn.Module):
    """Four streams that see 3, 3, 1 and 5 cells (paper, section 3.1)."""

    def __init__(self, inputs: int, width: float) -> None:
        super().__init__()
        outputs, narrow = scaled(24, width), scaled(16, width)
        self.streams = nn.ModuleList(
            [
                nn.Sequential(_convolution(inputs, inputs), _convolution(inputs, outputs, 3)),
                _mean(inputs, outputs),
                _convolution(inputs, outputs),
                nn.Sequential(
                    _convolution(inputs, narrow),
                    _convolution(narrow, outputs, 3),
                    _convolution(outputs, outputs, 3),
                ),
            ]
        )

    def forward(self, maps: Tensor) -> Tensor:
        return torch.cat([stream(maps) for stream in self.streams], dim=1)


class _Reduction(nn.Module):
    """Halves the maps in three ways."""

    def __init__(self, inputs: int, strided: int, width: float) -> None:
        super().__init__()
        first, second, third = (scaled(channels, width) for channels in (48, 56, 64))
        self.outputs = inputs + strided + third
        self.streams = nn.ModuleList(
            [
                nn.MaxPool2d(3, stride=2, padding=1),
                _convolution(inputs, strided, 3, stride=2),
                nn.Sequential(
                    _convolution(inputs, first),
                    _convolution(first, second, 3),
                    _convolution(second, third, 3, stride=2),
                ),
            ]
        )

    def forward(self, maps: Tensor) -> Tensor:
        return torch.cat([stream(maps) for stream in self.streams], dim=1)


class _LateScales(nn.Module):
    """Four streams that see 3, 3, 1 and 5 cells, kept apart for the fusion by saliency."""

    def __init__(self, inputs: int, outputs: int, width: float) -> None:
        super().__init__()
        narrow, middle = scaled(64, width), scaled(128, width)
        self.streams = nn.ModuleList(
            [
                _mean(inputs, outputs),
                nn.Sequential(
                    _convolution(inputs, narrow),
                    _convolution(narrow, middle, (1, 3)),
                    _convolution(middle, outputs, (3, 1)),
                ),
                _convolution(inputs, outputs),
                nn.Sequential(
                    _convolution(inputs, narrow),
                    _convolution(narrow, narrow, (1, 3)),
                    _convolution(narrow, middle, (3, 1)),
                    _convolution(middle, middle, (1, 3)),
                    _convolution(middle, outputs, (3, 1)),
                ),
            ]
        )

    def forward(self, maps: Tensor) -> list[Tensor]:
        return [stream(maps) for stream in self.streams]


REID_MODELS.add(
    "mudeep",
    ReidCard(
        build=MultiScaleDeep,
        summary="Streams of several scales, weighed channel by channel.",
        paper="Qian et al., ICCV 2017, arXiv 1709.05165",
        size=(256, 128),
        dimension=4096,
        losses=("identity",),
        weights="scratch",
        quick={"width": 0.25},
    ),
)
