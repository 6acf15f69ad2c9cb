"""A network for pictures that were shrunk to what an anonymizer leaves of them."""

import torch
from torch import Tensor, nn

from passerby.models.reid.layers import convolution, initialise
from passerby.models.reid.network import Output, ReidNetwork

__all__ = ["CoarseNetwork"]

_SIZE = 32, 16
"""Height and width of pictures. A mosaic or a blur by 24 of 256 pixels leaves 11 x 6 colours."""

_CHANNELS = 32, 64, 128
_STRIDES = 2, 2, 1
_STRIPS = 3
"""Parts of a person, one above the other, that are described besides the whole."""
_DROPPED = 0.2


class CoarseNetwork(ReidNetwork):
    """Three residual blocks (He et al. 2016) on pictures of 32 by 16 pixels.

    It starts from nothing. Networks that were made for sharp pictures have seen far more, but throw
    most of such a picture away in their first layers, and a step of theirs takes fifty times as
    long.

    Args:
        dimension: Length of a signature.
    """

    def __init__(self, dimension: int = 256) -> None:
        super().__init__(_SIZE)
        self.dimension = dimension
        first = _CHANNELS[0]
        inputs = (first, *_CHANNELS)
        self.maps = nn.Sequential(
            convolution(3, first, 3),
            *(
                _ResidualBlock(before, after, stride)
                for before, after, stride in zip(inputs, _CHANNELS, _STRIDES, strict=False)
            ),
        )
        self.pooled = nn.AdaptiveAvgPool2d((_STRIPS, 1))
        self.embedding = nn.Sequential(
            nn.Dropout(_DROPPED), nn.Linear((1 + _STRIPS) * _CHANNELS[-1], dimension)
        )
        initialise(self)

    def learn(self, images: Tensor) -> Output:
        """Return the signatures alone: it has no classifier."""
        return Output((), (self.describe(images),))

    def describe(self, images: Tensor) -> Tensor:
        """Return what a dense layer says of the means of the last maps, whole and by strips."""
        maps: Tensor = self.maps(images)
        means = torch.cat([maps.mean(dim=(2, 3)), self.pooled(maps).flatten(1)], dim=1)
        signatures: Tensor = self.embedding(means)
        return signatures


class _ResidualBlock(nn.Module):
    """Two convolutions of 3x3 pixels, and a way around them."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.changes = nn.Sequential(
            convolution(inputs, outputs, 3, stride=stride),
            convolution(outputs, outputs, 3, activation=False),
        )
        self.kept = (
            nn.Identity()
            if inputs == outputs and stride == 1
            else convolution(inputs, outputs, stride=stride, activation=False)
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of shape (B, outputs, h / stride, w / stride)."""
        both: Tensor = self.changes(maps) + self.kept(maps)
        return both.relu()
