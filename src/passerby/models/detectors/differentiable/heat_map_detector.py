"""The detector of Johansson and Lundberg: a map that is warm where somebody's middle is.

From their master's thesis, section 4.1.1. The trunk is MobileNetV2 (Sandler et al. 2018, arXiv
1801.04381) without its last layers. The thesis does not say how wide the transposed convolutions
are, nor how the warmth falls: both are CenterNet's here (Zhou et al. 2019, arXiv 1904.07850), which
it refers to.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models import mobilenet_v2

from passerby.detections import Detections
from passerby.errors import ConfigError
from passerby.geometry import Size
from passerby.models.detectors.differentiable.detector import (
    BoxLabels,
    DenseOutputs,
    DifferentiableDetector,
    check_images,
    suppressed,
)
from passerby.models.detectors.differentiable.weights import load_weights

__all__ = ["HeatMapDetector", "heat_map_targets"]

_STRIDE = 4
_TRUNK_STRIDE = 32
_FEATURE_LAYERS = 6, 13, 18
"""Layers of MobileNetV2 with the last maps of strides 8, 16 and 32."""

_MEAN = 0.485, 0.456, 0.406
_STD = 0.229, 0.224, 0.225
"""Of ImageNet, RGB, 0-1."""


class HeatMapDetector(DifferentiableDetector):
    """Learns along: it says where the middles of people are, but not how large they are.

    Args:
        person: Side of the square, in pixels, that stands for a person in outputs.
        channels: Of the three transposed convolutions.
        weights: A file of torch with ImageNet's weights of MobileNetV2, named as torchvision's, in
            16 or 32 bits; random ones when left out.
        width: Share of MobileNetV2's channels; ImageNet's weights fit 1.

    Raises:
        ModelError: If the file cannot be read or lacks a weight.
    """

    def __init__(
        self,
        person: float = 20.0,
        channels: Sequence[int] = (256, 128, 64),
        weights: str | Path | None = None,
        *,
        width: float = 1.0,
    ) -> None:
        super().__init__()
        if person <= 0:
            raise ConfigError(f"person is {person}: give the side of a square in pixels")
        self.person = person
        self.trunk: nn.Sequential = mobilenet_v2(weights=None, width_mult=width).features
        if weights is not None:
            load_weights(self.trunk, Path(weights), "features.")
        layers: list[nn.Module] = []
        before = self.trunk[-1].out_channels
        for after in channels:
            layers += [
                nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(inplace=True),
            ]
            before = after
        self.head = nn.Sequential(*layers, nn.Conv2d(before, 1, 1))

    def forward(self, images: Tensor) -> tuple[DenseOutputs, tuple[Tensor, ...]]:
        """Return a square around every cell, with its warmth, and the trunk's features."""
        maps, features = self._compute(images)
        boxes = self._squares(maps)
        return DenseOutputs(boxes.expand(len(maps), -1, -1), maps.flatten(1).clamp(0, 1)), features

    def heat_maps(self, images: Tensor) -> Tensor:
        """Return how warm each cell of 4x4 pixels is.

        Args:
            images: Shape (B, 3, H, W).

        Returns:
            Shape (B, H / 4, W / 4), rounded up; people's middles are near 1, everything else 0.
        """
        return self._compute(images)[0]

    def loss(self, images: Tensor, targets: DenseOutputs | BoxLabels) -> Tensor:
        """Return the mean squared error of the heat maps (equation 2).

        Args:
            images: Shape (B, 3, H, W).
            targets: Boxes of the people in each picture, whose middles count.
        """
        check_images(images)
        if isinstance(targets, DenseOutputs):
            raise ConfigError("this detector learns from labels: give the boxes of the people")
        if len(targets) != len(images):
            raise ConfigError(
                f"there are boxes of {len(targets)} pictures for {len(images)}: give each its own"
            )
        height, width = images.shape[2:]
        wanted = heat_map_targets(
            [(boxes[:, :2] + boxes[:, 2:]) / 2 for boxes in targets], (height, width)
        )
        return functional.mse_loss(self.heat_maps(images), wanted.to(images))

    @torch.no_grad()
    def decoded(
        self, images: Tensor, threshold: float = 0.5, overlap: float = 0.65
    ) -> list[Detections]:
        """Return squares around the peaks: cells that are not cooler than any of their neighbours.

        Args:
            images: Shape (B, 3, H, W).
            threshold: Lowest warmth of a peak.
            overlap: See `DifferentiableDetector`.
        """
        maps = self.heat_maps(images)
        highest = functional.max_pool2d(maps[:, None], 3, stride=1, padding=1)[:, 0]
        peaks = torch.where(maps == highest, maps, maps.new_tensor(float("-inf"))).flatten(1)
        squares = self._squares(maps)
        return [suppressed(squares, one, threshold, overlap) for one in peaks]

    def _compute(self, images: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        check_images(images)
        mean, std = (images.new_tensor(one)[:, None, None] for one in (_MEAN, _STD))
        height, width = images.shape[2:]
        border = 0, -width % _TRUNK_STRIDE, 0, -height % _TRUNK_STRIDE
        maps, features = functional.pad((images - mean) / std, border), []
        for place, layer in enumerate(self.trunk):
            maps = layer(maps)
            if place in _FEATURE_LAYERS:
                features.append(maps)
        warmth = self.head(maps)[:, 0, : -(-height // _STRIDE), : -(-width // _STRIDE)]
        return warmth, tuple(features)

    def _squares(self, maps: Tensor) -> Tensor:
        rows, columns = (
            (torch.arange(length).to(maps) + 0.5) * _STRIDE for length in maps.shape[1:]
        )
        middles = torch.cartesian_prod(rows, columns).flip(1)
        return torch.cat([middles - self.person / 2, middles + self.person / 2], dim=1)


def heat_map_targets(middles: Sequence[Tensor], size: Size, spread: float = 2.0) -> Tensor:
    """Draw what the detector ought to give: warm at the middle of each person, cooler around it.

    Args:
        middles: Of the people in each of B pictures: x and y in pixels, shape (n, 2).
        size: Height and width of the pictures.
        spread: Standard deviation of the Gaussian, in cells of 4x4 pixels.

    Returns:
        Shape (B, height / 4, width / 4), rounded up, 0-1. Of several people the nearest counts.
    """
    rows, columns = ((torch.arange(-(-length // _STRIDE)) + 0.5) * _STRIDE for length in size)
    maps = []
    for places in middles:
        across = (columns - places[:, :1].cpu()) / (_STRIDE * spread)
        down = (rows - places[:, 1:].cpu()) / (_STRIDE * spread)
        warmth = torch.exp(-(down[:, :, None] ** 2 + across[:, None, :] ** 2) / 2)
        maps.append(torch.cat([warmth.new_zeros(1, *warmth.shape[1:]), warmth]).amax(dim=0))
    return torch.stack(maps)
