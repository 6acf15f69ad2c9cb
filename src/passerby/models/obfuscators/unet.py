"""U-Nets, which try to undo what an obfuscator did.

Ronneberger et al. 2015, "U-Net: convolutional networks for biomedical image segmentation", arXiv
1505.04597, with padding and batch normalisation, three halvings and fewer channels.
"""

from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from passerby.errors import ConfigError
from passerby.models.obfuscators.network import Obfuscator
from passerby.models.obfuscators.registry import OBFUSCATORS, ObfuscatorCard

__all__ = ["UNet", "UNetSize"]

UNetSize = Literal["small", "medium", "large"]

_CHANNELS = {"small": 8, "medium": 16, "large": 32}
"""Of the finest maps; each coarser one has twice as many."""

_HALVINGS = 3


class UNet(Obfuscator):
    """Halves the picture three times and doubles it again; each map also sees its finer fellow.

    Args:
        size: ``small``, ``medium`` or ``large``: 8, 16 or 32 channels in the finest maps.
        inputs: Channels that `transform` takes: more than 3 for who knows more than one picture.

    Raises:
        ConfigError: If there is no such size.
    """

    stride = 2**_HALVINGS
    reach = 56  # the 3x3 convolutions 44 pixels, and 7 within a cell of 8 pixels

    def __init__(self, *, size: UNetSize = "medium", inputs: int = 3) -> None:
        super().__init__()
        if size not in _CHANNELS:
            raise ConfigError(f"size is {size!r}: choose one of {', '.join(_CHANNELS)}")
        widths = [_CHANNELS[size] * 2**level for level in range(_HALVINGS + 1)]
        self.down = nn.ModuleList(
            _twice(before, after) for before, after in pairwise((inputs, *widths))
        )
        finer = list(pairwise(reversed(widths)))
        self.enlarge = nn.ModuleList(nn.ConvTranspose2d(wide, few, 2, 2) for wide, few in finer)
        self.up = nn.ModuleList(_twice(wide, few) for wide, few in finer)
        self.leave = nn.Conv2d(widths[0], 3, 1)

    def transform(self, images: Tensor) -> Tensor:
        """Answer for sides that are multiples of 8."""
        maps = [self.down[0](images)]
        for layer in self.down[1:]:
            maps.append(layer(functional.max_pool2d(maps[-1], 2)))
        features = maps.pop()
        for enlarge, up in zip(self.enlarge, self.up, strict=True):
            features = up(torch.cat([enlarge(features), maps.pop()], dim=1))
        result: Tensor = self.leave(features).sigmoid()
        return result


def _twice(inputs: int, outputs: int) -> nn.Sequential:
    """Two convolutions of 3x3, each with BN and ReLU."""
    return nn.Sequential(
        *(
            layer
            for before in (inputs, outputs)
            for layer in (
                nn.Conv2d(before, outputs, 3, padding=1, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(inplace=True),
            )
        )
    )


OBFUSCATORS.add(
    "u-net",
    ObfuscatorCard(
        build=UNet,
        summary="Tries to undo an obfuscator; in three sizes.",
        paper="after Ronneberger et al. 2015, arXiv 1505.04597",
        options={"size": "medium"},
    ),
)
