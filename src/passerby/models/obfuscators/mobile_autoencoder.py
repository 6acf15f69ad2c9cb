"""The MobileNet autoencoder of De Coninck et al., "Privacy aware person detection", section 2.

The paper gives its size, 1.384 G multiplications and 0.154 M parameters at 320x200 (Table 4), and
not its layers. These were chosen to fit: 1.378 G and 0.154 M.
"""

from torch import Tensor, nn

from passerby.errors import ConfigError
from passerby.models.obfuscators.layers import Padding, checked_padding, separable
from passerby.models.obfuscators.network import Obfuscator
from passerby.models.obfuscators.registry import OBFUSCATORS, ObfuscatorCard

__all__ = ["FIGURE_2_WIDTHS", "MobileAutoencoder"]

FIGURE_2_WIDTHS = 1.0, 0.7, 0.5, 0.3, 0.17
"""For De Coninck's figure 2, which goes down to a twentieth of the multiplications."""


class MobileAutoencoder(Obfuscator):
    """Halves the picture twice and doubles it again, with depthwise separable convolutions.

    Args:
        width: Share of the channels, above 0 and up to 4 (MobileNet's width multiplier).
        padding: ``zeros`` as in MobileNet, or ``reflect``, which leaves no bright borders.

    Raises:
        ConfigError: If a value is out of range.
    """

    stride = 4
    reach = 32  # the 3x3 convolutions 26 pixels, and 3 within a cell of 4 pixels

    def __init__(self, *, width: float = 1.0, padding: Padding = "zeros") -> None:
        super().__init__()
        if isinstance(width, bool) or not isinstance(width, int | float) or not 0 < width <= 4:
            raise ConfigError(
                f"width is {width!r}: give a share of the channels, above 0 and up to 4"
            )
        padding = checked_padding(padding)
        fine, middle, coarse = (_scaled(channels, width) for channels in (16, 96, 160))

        def block(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
            return separable(inputs, outputs, stride=stride, padding=padding)

        self.layers = nn.Sequential(
            nn.Conv2d(3, fine, 3, padding=1, bias=False, padding_mode=padding),
            nn.BatchNorm2d(fine),
            nn.ReLU(inplace=True),
            block(fine, middle, stride=2),
            block(middle, middle),
            block(middle, coarse, stride=2),
            *(block(coarse, coarse) for _ in range(3)),
            nn.Upsample(scale_factor=2, mode="nearest"),
            block(coarse, middle),
            *(block(middle, middle) for _ in range(2)),
            nn.Upsample(scale_factor=2, mode="nearest"),
            block(middle, fine),
            nn.Conv2d(fine, 3, 3, padding=1, padding_mode=padding),
            nn.Sigmoid(),
        )

    def transform(self, images: Tensor) -> Tensor:
        """Answer for sides that are multiples of 4."""
        result: Tensor = self.layers(images)
        return result


def _scaled(channels: int, width: float) -> int:
    return max(1, round(channels * width))


OBFUSCATORS.add(
    "mobile-autoencoder",
    ObfuscatorCard(
        build=MobileAutoencoder,
        summary="Halves the picture twice and doubles it again; in widths.",
        paper="De Coninck et al., section 2 and Table 4; the layers are ours, chosen to fit",
        options={"width": 1.0, "padding": "zeros"},
    ),
)
