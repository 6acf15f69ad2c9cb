"""An obfuscator of two halves: what passes between them is one of a few levels for each cell."""

import math

from torch import Tensor, nn
from torch.nn import functional

from passerby.errors import ConfigError
from passerby.models.obfuscators.layers import Residual, checked_number, separable
from passerby.models.obfuscators.network import Obfuscator
from passerby.models.obfuscators.registry import OBFUSCATORS, ObfuscatorCard
from passerby.models.reflection import reflected_places

__all__ = ["SilhouetteObfuscator"]

_CELL = 4
_DRAWN = 8
"""Side of the cells at which it draws: a quarter of the places of the others."""

_CHANNELS, _DRAWN_CHANNELS, _LEVELS, _MOST_LEVELS = 48, 48, 4, 256


class SilhouetteObfuscator(Obfuscator):
    """Says how surely each cell of 4x4 pixels shows a person, and draws a new picture of that.

    The half that sees the picture gives each cell one of a few levels. The half that draws is given
    these levels and nothing else. So whatever it learned, a frame of 640x360 pixels with four
    levels tells no more than 15,360 times 2 bits. The other obfuscators have no such bound: what
    they hide is known from attacks alone. Levels are rounded, and gradients pass as if they were
    not (Bengio et al. 2013, arXiv 1308.3432, section 3.1).

    Args:
        channels: Of the finest maps of the half that sees; coarser ones have twice and three times
            as many.
        levels: Of each cell, 2 to 256.

    Raises:
        ConfigError: If a value is out of range.
    """

    stride = 32
    reach = 448  # the convolutions 400 pixels, and as far as a cell of 32 reaches

    def __init__(self, *, channels: int = _CHANNELS, levels: int = _LEVELS) -> None:
        super().__init__()
        self.seeing = _Seeing(checked_number("channels", channels, 1024))
        self.levels = checked_number("levels", levels, _MOST_LEVELS)
        if self.levels < 2:
            raise ConfigError("levels is 1: one level says nothing; give 2 or more")
        self.drawing = nn.Sequential(
            nn.Conv2d((_DRAWN // _CELL) ** 2, _DRAWN_CHANNELS, 3, padding=1, bias=False),
            nn.BatchNorm2d(_DRAWN_CHANNELS),
            nn.ReLU(inplace=True),
            *(Residual(_DRAWN_CHANNELS) for _ in range(2)),
            nn.Conv2d(_DRAWN_CHANNELS, 3 * _DRAWN**2, 1),
        )

    def most_bits(self, height: int, width: int) -> float:
        """Return the most that a frame can tell, in bits; what it is continued by counts too.

        Args:
            height: Of the frame, in pixels.
            width: Likewise.

        Example:
            >>> SilhouetteObfuscator(channels=8, levels=4).most_bits(360, 640)
            30720.0
        """
        sides = (len(reflected_places(side, self.stride)) for side in (height, width))
        return math.prod(side // _CELL for side in sides) * math.log2(self.levels)

    def rounded(self, certainty: Tensor) -> Tensor:
        """Return logits of any shape as the nearest levels, 0-1; gradients pass unrounded."""
        exact = certainty.sigmoid()
        steps = self.levels - 1
        # Zero is added: the other way round, low bits of what was not rounded would get through.
        return (exact.detach() * steps).round() / steps + (exact - exact.detach())

    def drawn(self, levels: Tensor) -> Tensor:
        """Draw pictures of levels, 0-1, shape (B, 1, H / 4, W / 4)."""
        gathered = functional.pixel_unshuffle(levels, _DRAWN // _CELL)
        return functional.pixel_shuffle(self.drawing(gathered), _DRAWN).sigmoid()

    def transform(self, images: Tensor) -> Tensor:
        """Answer for sides that are multiples of 32."""
        return self.drawn(self.rounded(self.seeing(images)))


class _Seeing(nn.Module):
    """Gives, as logits, how surely each cell shows a person; it looks at four scales.

    Cells of 32x32 pixels tell what is a person, those of 4x4 where its outline is (Lin et al. 2017,
    "Feature pyramid networks", arXiv 1612.03144).
    """

    def __init__(self, fine: int) -> None:
        super().__init__()
        finest, middle, coarse = max(fine // 2, 1), 2 * fine, 3 * fine
        self.finest = nn.Sequential(
            nn.Conv2d(3, finest, _CELL, _CELL, bias=False),
            nn.BatchNorm2d(finest),
            nn.ReLU(inplace=True),
        )
        self.fine = nn.Sequential(separable(finest, fine, stride=2), Residual(fine))
        self.middle = nn.Sequential(separable(fine, middle, stride=2), *_residuals(middle, 3))
        self.coarse = nn.Sequential(separable(middle, coarse, stride=2), *_residuals(coarse, 3))
        self.from_coarse, self.join_middle = nn.Conv2d(coarse, middle, 1), separable(middle, middle)
        self.from_middle, self.join_fine = nn.Conv2d(middle, fine, 1), separable(fine, fine)
        self.from_fine, self.join_finest = nn.Conv2d(fine, finest, 1), separable(finest, finest)
        self.certainty = nn.Conv2d(finest, 1, 1)

    def forward(self, images: Tensor) -> Tensor:
        finest = self.finest(images)
        fine = self.fine(finest)
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        middle = self.join_middle(middle + _doubled(self.from_coarse(coarse)))
        fine = self.join_fine(fine + _doubled(self.from_middle(middle)))
        finest = self.join_finest(finest + _doubled(self.from_fine(fine)))
        certainty: Tensor = self.certainty(finest)
        return certainty


def _residuals(channels: int, count: int) -> list[Residual]:
    return [Residual(channels) for _ in range(count)]


def _doubled(maps: Tensor) -> Tensor:
    return functional.interpolate(maps, scale_factor=2.0, mode="nearest")


OBFUSCATORS.add(
    "silhouette",
    ObfuscatorCard(
        build=SilhouetteObfuscator,
        summary="Draws people anew from a few levels for each cell of 4x4 pixels: bounded in bits.",
        paper="ours",
        options={"channels": _CHANNELS, "levels": _LEVELS},
    ),
)
