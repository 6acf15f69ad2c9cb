"""MobileNetV2 as a small network for re-identification, on ImageNet's weights where they help.

Sandler et al. 2018, "MobileNetV2: inverted residuals and linear bottlenecks", arXiv 1801.04381.
"""

from typing import Self

from torch import Tensor, nn
from torchvision.models import mobilenet_v2

from passerby.errors import ConfigError
from passerby.geometry import Size
from passerby.models.reid.cards import REID_MODELS, ReidCard
from passerby.models.reid.layers import convolution, initialise
from passerby.models.reid.network import Output, ReidNetwork

__all__ = ["MobileNetV2"]

_BLOCKS = 17
"""The stem and 16 inverted residuals. The last two layers of the paper hold two fifths of all
weights, for the 1,000 classes of ImageNet."""

_LAST_STAGE = 14
"""The block that halves the maps for the last time."""


class MobileNetV2(ReidNetwork):
    """MobileNetV2 less its last two layers; mean and maximum of the last maps make a signature.

    Args:
        people: Number of people to tell apart.
        size: Height and width of the images.
        last_stride: 1 for last maps of twice the height and width, or 2 as in the paper.
        width: Share of the channels of the layers that are kept (the paper's width multiplier).
        channels: Of the maps that are pooled.
        dimension: Length of a signature.
        frozen: Of the 17 layers that are kept, how many do not learn. The first seven, whose maps
            are the largest, take two fifths of the time of a step.

    Raises:
        ConfigError: If the stride is none of the two, or a number is out of range.
    """

    def __init__(
        self,
        people: int,
        size: Size,
        *,
        last_stride: int = 1,
        width: float = 1.0,
        channels: int = 320,
        dimension: int = 256,
        frozen: int = 0,
    ) -> None:
        super().__init__(size)
        if last_stride not in {1, 2}:
            raise ConfigError(f"last_stride is {last_stride!r}: choose 1 or 2")
        if min(channels, dimension) < 1 or width <= 0:
            raise ConfigError(
                f"width is {width}, channels {channels} and dimension {dimension}: all must be "
                "above 0"
            )
        if not 0 <= frozen <= _BLOCKS:
            raise ConfigError(f"frozen is {frozen}: choose 0 to {_BLOCKS} layers")
        self.dimension = dimension
        trunk = _Trunk(last_stride, width, frozen)
        self.expansion = convolution(trunk.channels, channels)
        self.embedding = nn.Sequential(nn.BatchNorm1d(channels), nn.Linear(channels, dimension))
        self.classifier = nn.Linear(dimension, people, bias=False)
        initialise(self)
        self.backbone: nn.Module = trunk
        self.imagenet = "mobilenet_v2" if width == 1 else None

    def learn(self, images: Tensor) -> Output:
        """Return one tensor of logits, and the signatures."""
        signatures = self.describe(images)
        return Output((self.classifier(signatures),), (signatures,))

    def describe(self, images: Tensor) -> Tensor:
        """Return a dense layer's answer to the mean and the maximum of the last maps."""
        maps: Tensor = self.expansion(self.backbone(images))
        pooled = maps.mean(dim=(2, 3)) + maps.amax(dim=(2, 3))
        signatures: Tensor = self.embedding(pooled)
        return signatures


class _Trunk(nn.Module):
    """The layers that are kept, named as torchvision's."""

    def __init__(self, last_stride: int, width: float, frozen: int) -> None:
        super().__init__()
        whole = mobilenet_v2(weights=None, width_mult=width)
        self.features: nn.Sequential = whole.features[:_BLOCKS]
        self.channels = self.features[-1].out_channels
        for layer in self.features[_LAST_STAGE].modules():
            if isinstance(layer, nn.Conv2d) and layer.stride == (2, 2):
                layer.stride = (last_stride, last_stride)
        self._frozen = frozen
        self.features[:frozen].requires_grad_(requires_grad=False)

    def train(self, mode: bool = True) -> Self:  # noqa: FBT001, FBT002 - as torch has it
        """Switch between training and use; what is frozen is always in use."""
        super().train(mode)
        self.features[: self._frozen].eval()
        return self

    def forward(self, images: Tensor) -> Tensor:
        """Return the last maps, shape (B, channels, h, w)."""
        maps: Tensor = self.features(images)
        return maps


REID_MODELS.add(
    "mobilenet-v2",
    ReidCard(
        build=MobileNetV2,
        summary="MobileNetV2 less its last layers; small enough to learn on a processor.",
        paper="Sandler et al., CVPR 2018, arXiv 1801.04381; the head is ours",
        size=(256, 128),
        dimension=256,
        losses=("identity",),
        weights="imagenet",
    ),
)
