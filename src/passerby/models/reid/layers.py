"""Layers that several networks for re-identification are made of."""

from torch import nn

__all__ = ["convolution", "embedding", "initialise", "scaled"]


def convolution(
    inputs: int,
    outputs: int,
    kernel: int | tuple[int, int] = 1,
    *,
    stride: int = 1,
    groups: int = 1,
    bias: bool = False,
    activation: bool = True,
) -> nn.Sequential:
    """Return a convolution that keeps the size of maps at stride 1, BN and, if wanted, ReLU."""
    rows, columns = (kernel, kernel) if isinstance(kernel, int) else kernel
    padding = rows // 2, columns // 2
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=bias),
        nn.BatchNorm2d(outputs),
    ]
    if activation:
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


def embedding(inputs: int, outputs: int) -> nn.Sequential:
    """Return a dense layer, BN and ReLU."""
    return nn.Sequential(nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU(inplace=True))


def scaled(channels: int, width: float, multiple: int = 8) -> int:
    """Return a number of channels times a width, as a multiple of ``multiple`` that is not 0.

    Example:
        >>> scaled(64, 0.25), scaled(48, 0.3), scaled(16, 0.01)
        (16, 16, 8)
    """
    return max(1, round(channels * width / multiple)) * multiple


def initialise(network: nn.Module) -> None:
    """Draw weights for a start from scratch: He et al. 2015 for convolutions, 0.01 for the rest."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv1d | nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.01)
        if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Linear) and layer.bias is not None:
            nn.init.zeros_(layer.bias)
