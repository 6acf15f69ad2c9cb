"""A cheap obfuscator: all of its layers but two see cells of pixels, 4x4 or 8x8."""

from torch import Tensor, nn
from torch.nn import functional

from passerby.models.obfuscators.layers import Residual, checked_number
from passerby.models.obfuscators.network import Obfuscator
from passerby.models.obfuscators.registry import OBFUSCATORS, ObfuscatorCard

__all__ = ["ShuffleObfuscator"]

_CHANNELS, _DEPTH, _CELL = 32, 3, 4


class ShuffleObfuscator(Obfuscator):
    """Works on cells of 4x4 pixels, which become 16 times fewer places, and spreads them again.

    The first layer, a convolution of 4x4 with stride 4, is what pixel unshuffling and a
    convolution of 1x1 are together, but runs faster. Pixel shuffling (Shi et al. 2016, arXiv
    1609.05158) spreads the channels of the last over the pixels of its cell. What lies between
    only adds to the maps, at first little (He et al. 2016, arXiv 1603.05027): so the picture gets
    through from the first step on, and the network learns several times as fast. Cells of 8x8
    see twice as far at a quarter of the places: who is to tell people from other things must see
    whole people.

    Args:
        channels: Of the maps.
        depth: Number of residual blocks, each of two depthwise separable convolutions.
        cell: Side of a cell, in pixels.

    Raises:
        ConfigError: If a value is out of range.
    """

    def __init__(
        self, *, channels: int = _CHANNELS, depth: int = _DEPTH, cell: int = _CELL
    ) -> None:
        super().__init__()
        channels = checked_number("channels", channels, 1024)
        depth = checked_number("depth", depth, 64)
        self.stride = cell = checked_number("cell", cell, 32)
        self.reach = cell * (2 * depth + 1)
        self.enter = nn.Sequential(
            nn.Conv2d(3, channels, cell, cell, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
        )
        self.blocks = nn.Sequential(*(Residual(channels) for _ in range(depth)))
        self.leave = nn.Conv2d(channels, 3 * cell**2, 1)

    def transform(self, images: Tensor) -> Tensor:
        """Answer for sides that are multiples of a cell."""
        cells = self.leave(self.blocks(self.enter(images)))
        return functional.pixel_shuffle(cells, self.stride).sigmoid()


OBFUSCATORS.add(
    "shuffle",
    ObfuscatorCard(
        build=ShuffleObfuscator,
        summary="Works on cells of 4x4 or 8x8 pixels; the fastest.",
        paper="ours",
        options={"channels": _CHANNELS, "depth": _DEPTH, "cell": _CELL},
    ),
)
