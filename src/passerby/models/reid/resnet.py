"""Residual networks as re-identification uses them: without classifier, with fine last maps.

He et al. 2016, "Deep residual learning for image recognition", arXiv 1512.03385.
"""

from collections import OrderedDict

from torch import nn
from torchvision.models import ResNet
from torchvision.models.resnet import BasicBlock, Bottleneck

from passerby.errors import ConfigError
from passerby.models.reid.layers import scaled

__all__ = ["RESNETS", "adapt", "residual_network", "trunk"]

RESNETS: dict[str, tuple[type[BasicBlock | Bottleneck], list[int]]] = {
    "resnet18": (BasicBlock, [2, 2, 2, 2]),
    "resnet34": (BasicBlock, [3, 4, 6, 3]),
    "resnet50": (Bottleneck, [3, 4, 6, 3]),
    "resnet101": (Bottleneck, [3, 4, 23, 3]),
    "resnet152": (Bottleneck, [3, 8, 36, 3]),
}
"""Kind and number of blocks of those that can be made narrower."""


class _NarrowResNet(ResNet):  # type: ignore[misc]  # torchvision has no types
    """torchvision's, with fewer channels in all stages; the stem keeps its 64."""

    def __init__(
        self, block: type[BasicBlock | Bottleneck], layers: list[int], width: float
    ) -> None:
        self.width = width
        super().__init__(block, layers)

    def _make_layer(
        self,
        block: type[BasicBlock | Bottleneck],
        planes: int,
        blocks: int,
        stride: int = 1,
        dilate: bool = False,  # noqa: FBT001, FBT002 - as torchvision has it
    ) -> nn.Sequential:
        channels = scaled(planes, self.width)
        stage: nn.Sequential = super()._make_layer(block, channels, blocks, stride, dilate)
        return stage


def residual_network(
    name: str, *, last_stride: int = 1, stem_relu: bool = True, width: float = 1.0
) -> ResNet:
    """Return a residual network that turns images into pooled features, shape (B, inplanes).

    Its weights are named as torchvision's.

    Args:
        name: One of `RESNETS`.
        last_stride: See `adapt`.
        stem_relu: See `adapt`.
        width: Share of the channels of each stage.

    Raises:
        ConfigError: If there is no such network, or the stride is none.
    """
    if name not in RESNETS:
        raise ConfigError(f"unknown residual network {name!r}: choose one of {', '.join(RESNETS)}")
    block, layers = RESNETS[name]
    network = _NarrowResNet(block, layers, width)
    network.fc = nn.Identity()
    adapt(network, last_stride=last_stride, stem_relu=stem_relu)
    return network


def adapt(network: ResNet, *, last_stride: int, stem_relu: bool) -> None:
    """Change a residual network as the strong baseline has it.

    Args:
        network: Is changed.
        last_stride: 2, or 1 for last maps of twice the height and width (Sun et al. 2018, arXiv
            1711.09349, section 3.1).
        stem_relu: Whether the first convolution is followed by ReLU as in the paper. The authors'
            own code of the strong baseline left it out.

    Raises:
        ConfigError: If the stride is none of the two.
    """
    if last_stride not in {1, 2}:
        raise ConfigError(f"last_stride is {last_stride!r}: choose 1 or 2")
    for layer in network.layer4[0].modules():
        if isinstance(layer, nn.Conv2d) and layer.stride == (2, 2):
            layer.stride = (last_stride, last_stride)
    if not stem_relu:
        network.relu = nn.Identity()


def trunk(network: ResNet) -> nn.Sequential:
    """Return the part of a residual network that makes maps, shape (B, inplanes, h, w)."""
    parts = [(name, part) for name, part in network.named_children() if name not in _POOLING]
    return nn.Sequential(OrderedDict(parts))


_POOLING = {"avgpool", "fc"}
