"""Attention to cells, channels and regions (Li et al. 2018, arXiv 1802.08122, section 3.1)."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from passerby.geometry import Size
from passerby.models.reid.layers import convolution

__all__ = ["HardAttention", "RegionWarp", "SoftAttention"]

_REGIONS = 4


class SoftAttention(nn.Module):
    """Says how much each cell of each channel counts, from 0 to 1.

    Args:
        channels: Of the maps; a multiple of 16.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.shrink = convolution(1, 1, 3, stride=2, bias=True)
        self.scale = convolution(1, 1, bias=True)
        self.channels = nn.Sequential(
            convolution(channels, channels // 16, bias=True),
            convolution(channels // 16, channels, bias=True),
        )
        self.join = convolution(channels, channels, bias=True)

    def forward(self, maps: Tensor) -> Tensor:
        """Return weights of the shape of the maps."""
        size = (int(maps.shape[2]), int(maps.shape[3]))
        shrunk = self.shrink(maps.mean(dim=1, keepdim=True))
        cells = self.scale(_resized(shrunk, size))
        channels = self.channels(maps.mean(dim=(2, 3), keepdim=True))
        weights: Tensor = self.join(cells * channels).sigmoid()
        return weights


class HardAttention(nn.Module):
    """Chooses the centres of four regions; at first they lie above each other.

    Args:
        channels: Of the maps.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.centres = nn.Linear(channels, 2 * _REGIONS)
        nn.init.zeros_(self.centres.weight)
        self.centres.bias = nn.Parameter(torch.tensor([0, -0.75, 0, -0.25, 0, 0.25, 0, 0.75]))

    def forward(self, maps: Tensor) -> Tensor:
        """Return x and y of the centres, shape (B, 4, 2), from -1 (left, top) to 1."""
        centres: Tensor = self.centres(maps.mean(dim=(2, 3))).tanh()
        return centres.reshape(-1, _REGIONS, 2)


class RegionWarp(nn.Module):
    """Cuts regions out of maps: as wide as they are, and a quarter as high.

    -1 and 1 are the centres of the first and last cells, as when the paper was written; torch
    changed its default later, and with it what trained networks see. Outside the maps all is 0.

    A region lies straight in the maps, so that rows and columns are interpolated one after the
    other, and what is cut out is brought to its size by the same two products.

    Args:
        maps: Height and width of the maps.
        region: Height and width of what is cut out, in cells.
    """

    def __init__(self, maps: Size, region: Size) -> None:
        super().__init__()
        self.region = region
        for name, cells, places in zip(("rows", "columns"), maps, region, strict=True):
            shrink = _resized(torch.eye(cells)[None, None], (places, cells))[0, 0]
            self.register_buffer(name, shrink, persistent=False)
        self.rows: Tensor
        self.columns: Tensor

    def forward(self, maps: Tensor, centres: Tensor) -> Tensor:
        """Cut regions around centres of shape (B, N, 2) out of maps of shape (B, C, h, w).

        Returns:
            Shape (B, N, C, height, width).
        """
        rows = _weights(centres[..., 1], 1 / _REGIONS, self.rows)
        columns = _weights(centres[..., 0], 1.0, self.columns)
        _, channels, _, width = maps.shape
        cut = rows.flatten(1, 2) @ maps.permute(0, 2, 3, 1).flatten(2)
        cut = cut.reshape(-1, centres.shape[1], self.region[0], width, channels)
        return (columns[:, :, None] @ cut).permute(0, 1, 4, 2, 3)


def _weights(centre: Tensor, share: float, shrink: Tensor) -> Tensor:
    """Say what share of each cell the places of a stretch see.

    Args:
        centre: Of the stretch, from -1 to 1, shape (B, N).
        share: Of all cells that the stretch is long.
        shrink: What brings a stretch of as many places as there are cells to its size, shape
            (places, cells).

    Returns:
        Shape (B, N, places, cells).
    """
    cells = shrink.shape[1]
    # In full precision: to bf16 places that are near each other are the same.
    with torch.autocast(centre.device.type, enabled=False):
        stretch = torch.linspace(-share, share, cells, device=centre.device)
        seen = (stretch + centre.float()[..., None] + 1) * ((cells - 1) / 2)
        before = seen.detach().floor()
        after = (seen - before)[..., None]
        cell = torch.arange(cells, device=centre.device) - before[..., None]
        return shrink @ torch.where(cell == 0, 1 - after, torch.where(cell == 1, after, 0.0))


def _resized(maps: Tensor, size: Size) -> Tensor:
    return functional.interpolate(maps, size, mode="bilinear", align_corners=True)
