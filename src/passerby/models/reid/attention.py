"""Attention to cells, channels and regions (Li et al. 2018, arXiv 1802.08122, section 3.1)."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from passerby.models.reid.layers import convolution
from passerby.models.reid.network import Size

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
    """Cuts a region out of maps: as wide as they are, and a quarter as high.

    -1 and 1 are the centres of the first and last cells, as when the paper was written; torch
    changed its default later, and with it what trained networks see.

    Args:
        maps: Height and width of the maps.
        region: Height and width of what is cut out, in cells.
    """

    def __init__(self, maps: Size, region: Size) -> None:
        super().__init__()
        self.region = region
        y, x = (torch.linspace(-1, 1, cells) for cells in maps)
        grid = torch.stack(torch.meshgrid(x, y / _REGIONS, indexing="xy"), dim=-1)
        self.register_buffer("grid", grid, persistent=False)
        self.grid: Tensor

    def forward(self, maps: Tensor, centre: Tensor) -> Tensor:
        """Cut the region around a centre of shape (B, 2) out of maps of shape (B, C, h, w)."""
        grid = self.grid + centre[:, None, None]
        cut = functional.grid_sample(maps, grid, align_corners=True)
        return _resized(cut, self.region)


def _resized(maps: Tensor, size: Size) -> Tensor:
    return functional.interpolate(maps, size, mode="bilinear", align_corners=True)
