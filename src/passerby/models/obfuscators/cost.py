"""What a network costs: multiplications and weights."""

import copy
from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor, nn

__all__ = ["Cost", "network_cost"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a network costs.

    Attributes:
        macs: Multiplications, each with its addition, of all convolutions and dense layers for
            one picture. Normalisation counts for nothing: in use it is part of the weights.
        parameters: Numbers that are learned.
    """

    macs: int
    parameters: int


def network_cost(network: nn.Module, height: int, width: int) -> Cost:
    """Count what a network costs for one picture, without computing anything.

    Args:
        network: Takes pictures of shape (1, 3, height, width); it stays as it is.
        height: Of the picture, in pixels.
        width: Of the picture, in pixels.

    Example:
        >>> network_cost(nn.Conv2d(3, 8, 3, padding=1), 10, 20)  # 10 * 20 * 8 * 3 * 3 * 3
        Cost(macs=43200, parameters=224)
    """
    shape = copy.deepcopy(network).eval().to("meta")
    macs = 0

    def count(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal macs
        macs += _of_layer(layer, inputs[0], output)

    for layer in shape.modules():
        layer.register_forward_hook(count)
    with torch.no_grad():
        shape(torch.empty(1, 3, height, width, device="meta"))
    return Cost(macs, sum(weights.numel() for weights in network.parameters()))


def _of_layer(layer: nn.Module, seen: Tensor, given: Tensor) -> int:
    if isinstance(layer, nn.ConvTranspose2d):
        per_value = layer.out_channels // layer.groups * prod(layer.kernel_size)
        return seen.numel() * per_value
    if isinstance(layer, nn.Conv2d):
        per_value = layer.in_channels // layer.groups * prod(layer.kernel_size)
        return given.numel() * per_value
    if isinstance(layer, nn.Linear):
        return given.numel() * layer.in_features
    return 0
