"""Other pictures whose truth is known: other places, sizes and cameras for the same people.

There are few cameras to learn from. Who is to find people on others must not learn what stands
behind them here, nor in what light.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["as_another_camera", "placed_anew", "put_elsewhere"]

_SMALLEST_PART, _LARGEST_PART = 0.75, 1.6
"""Of the side of what is cut out: people become a third larger, or smaller by as much again."""

_STRETCHED, _TILTED, _SHIFTED = 0.12, 0.06, 0.3
_BLURRED = 0.3


def put_elsewhere(
    images: Tensor, outlines: Tensor, share: float, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Put people of one picture into another one, at the same place.

    Args:
        images: Shape (B, 3, H, W).
        outlines: Of their people, shape (B, 1, H, W), 0 or 1.
        share: Of the pictures that get other people beside their own.
        rng: Chooses who goes where.

    Returns:
        Both as they then are.
    """
    order = torch.from_numpy(rng.permutation(len(images))).to(images.device)
    chosen = torch.from_numpy(rng.random(len(images)) < share).to(images.device)
    new = outlines[order] * chosen[:, None, None, None]
    return torch.where(new > 0, images[order], images), torch.maximum(outlines, new)


def placed_anew(
    images: Tensor, outlines: Tensor, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Move, resize, stretch, tilt and mirror pictures with their outlines.

    Args:
        images: Shape (B, 3, H, W).
        outlines: Shape (B, 1, H, W).
        rng: Of each change.

    Returns:
        Both, of the same shapes; beyond their edges pictures go on as reflections.
    """
    count = len(images)
    scale = np.exp(rng.uniform(np.log(_SMALLEST_PART), np.log(_LARGEST_PART), count))
    stretch = np.exp(rng.uniform(-_STRETCHED, _STRETCHED, count))
    maps = np.zeros((count, 2, 3), np.float32)
    maps[:, 0, 0] = scale * stretch * rng.choice([-1, 1], count)
    maps[:, 1, 1] = scale / stretch
    maps[:, 0, 1] = rng.uniform(-_TILTED, _TILTED, count)
    maps[:, :, 2] = rng.uniform(-_SHIFTED, _SHIFTED, (count, 2))
    grid = functional.affine_grid(
        torch.from_numpy(maps).to(images), list(images.shape), align_corners=False
    )
    moved = functional.grid_sample(
        torch.cat([images, outlines], dim=1), grid, padding_mode="reflection", align_corners=False
    )
    return moved[:, :3], moved[:, 3:]


def as_another_camera(images: Tensor, rng: np.random.Generator) -> Tensor:
    """Change light, contrast, colours, sharpness and noise.

    Args:
        images: Shape (B, 3, H, W), 0-1.
        rng: Of each change.

    Returns:
        Of the same shape, 0-1.
    """

    def drawn(low: float, high: float, channels: int = 1) -> Tensor:
        return torch.from_numpy(rng.uniform(low, high, (len(images), channels, 1, 1))).to(images)

    seen = images.clamp(0, 1) ** drawn(-0.5, 0.5).exp()
    seen = seen * drawn(-0.3, 0.3).exp() * drawn(-0.15, 0.15, 3).exp() + drawn(-0.1, 0.1)
    grey = seen.mean(dim=1, keepdim=True)
    seen = grey + (seen - grey) * drawn(0, 1.3)
    if rng.random() < _BLURRED:
        seen = functional.avg_pool2d(functional.pad(seen, (1, 1, 1, 1), mode="replicate"), 3, 1)
    noise = torch.from_numpy(rng.normal(0, 1, tuple(seen.shape))).to(seen)
    return (seen + noise * drawn(0, 0.04)).clamp(0, 1)
