"""Layers that several obfuscators are made of."""

from typing import Literal, cast, get_args

from torch import Tensor, nn

from passerby.errors import ConfigError

__all__ = ["Padding", "Residual", "checked_number", "checked_padding", "separable"]

Padding = Literal["zeros", "reflect"]
"""What convolutions see beyond the edge of a map."""

_ADDED_AT_FIRST = 0.1
"""Weight of what a block adds, before it has learned."""


def separable(
    inputs: int, outputs: int, *, stride: int = 1, padding: Padding = "zeros"
) -> nn.Sequential:
    """Return a depthwise separable convolution of 3x3, with BN and ReLU after either half.

    Howard et al. 2017, "MobileNets", arXiv 1704.04861, section 3.1 and figure 3.
    """
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False, padding_mode=padding),
        nn.BatchNorm2d(inputs),
        nn.ReLU(inplace=True),
        nn.Conv2d(inputs, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def checked_padding(value: object) -> Padding:
    """Return a padding that a user chose.

    Raises:
        ConfigError: If there is no such padding.
    """
    if value not in get_args(Padding):
        raise ConfigError(f"padding is {value!r}: choose one of {', '.join(get_args(Padding))}")
    return cast("Padding", value)


def checked_number(name: str, value: object, greatest: int) -> int:
    """Return a number of channels or layers that a user chose.

    Raises:
        ConfigError: If it is not a whole number from 1 to ``greatest``.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= greatest:
        raise ConfigError(f"{name} is {value!r}: give a whole number from 1 to {greatest}")
    return value


class Residual(nn.Module):
    """Adds two depthwise separable convolutions of 3x3 to the maps, the last without its ReLU."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        *second, _last, _relu = separable(channels, channels)
        last = nn.BatchNorm2d(channels)
        nn.init.constant_(last.weight, _ADDED_AT_FIRST)
        self.added = nn.Sequential(*separable(channels, channels), *second, last)

    def forward(self, maps: Tensor) -> Tensor:
        """Add to the maps, shape (B, channels, h, w)."""
        changed: Tensor = maps + self.added(maps)
        return changed
