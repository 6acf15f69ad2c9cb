"""A start from which an obfuscator hides everybody: it draws outlines, and nothing else.

An obfuscator that starts from the picture has to unlearn what it shows, against attackers that
learn faster than it does. One that starts from outlines shows nothing but where people are, and
learns to show more, as far as attackers stay below their limit.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from passerby.train.obfuscator.pool import CropBatch, CropSet
from passerby.train.obfuscator.silhouettes import outlined

__all__ = ["Outlines", "appearance_leak", "even_weights", "outline_drawing", "redressed"]

_GROUND, _PEOPLE = 0.63, 0.2
"""Levels of a drawing: people dark on a light ground, in which detectors find them best."""

_LEAST_SPREAD = 0.02
_SMALLEST = 1e-4
_RAREST = 0.02
"""Share of the pixels: fewer do not weigh more."""


class Outlines:
    """Outlines of the people in crops; each is found once.

    Args:
        crops: That they are in.
    """

    def __init__(self, crops: CropSet) -> None:
        self._crops = crops
        self._found: dict[int, Tensor] = {}

    def of(self, numbers: Sequence[int], device: torch.device) -> Tensor:
        """Return the outlines of some crops, shape (B, 1, H, W): 1 on people, 0 elsewhere."""
        for number in numbers:
            if number not in self._found:
                self._found[number] = torch.from_numpy(outlined(self._crops, number))
        return torch.stack([self._found[one] for one in numbers])[:, None].to(device).float()


def outline_drawing(outlines: Tensor) -> Tensor:
    """Draw people as dark outlines on a light ground.

    Args:
        outlines: Shape (B, 1, H, W): 1 on people, 0 elsewhere.

    Returns:
        Shape (B, 3, H, W), 0-1.
    """
    drawn = _GROUND + (_PEOPLE - _GROUND) * outlines
    return drawn.expand(-1, 3, -1, -1)


def even_weights(outlines: Tensor) -> Tensor:
    """Weigh pixels so that people count as much as all else: they cover a tenth of most crops.

    Args:
        outlines: Shape (B, 1, H, W): 1 on people, 0 elsewhere.

    Returns:
        Of the same shape, 1 in the mean where there are both.
    """
    share = outlines.mean().clamp(_RAREST, 1 - _RAREST)
    return (outlines / share + (1 - outlines) / (1 - share)) / 2


def redressed(batch: CropBatch, outlines: Tensor, rng: np.random.Generator) -> Tensor:
    """Give people the colours of others in the batch, above and below the waist separately.

    Both halves of a person take the mean and the deviation of somebody else's (Reinhard et al.
    2001, "Color transfer between images"). Outlines, poses and places stay.

    Args:
        batch: Clear crops.
        outlines: Of their people, shape (B, 1, H, W).
        rng: Chooses whose colours.

    Returns:
        The crops with other clothes, shape (B, 3, H, W), 0-1.
    """
    images = batch.images
    rows = torch.arange(images.shape[2], device=images.device)[None, None, :, None] + 0.5
    waist = batch.boxes[:, [1, 3]].mean(dim=1)[:, None, None, None]
    above = (rows < waist).float()
    dressed = images
    for half in (outlines * above, outlines * (1 - above)):
        pixels = half.sum(dim=(2, 3), keepdim=True)
        mean = (images * half).sum(dim=(2, 3), keepdim=True) / pixels.clamp(min=1)
        squares = ((images - mean).square() * half).sum(dim=(2, 3), keepdim=True)
        spread = (squares / pixels.clamp(min=1)).sqrt().clamp(min=_LEAST_SPREAD)
        order = torch.from_numpy(rng.permutation(len(images))).to(images.device)
        changed = (images - mean) / spread * spread[order] + mean[order]
        dressed = torch.where((half > 0) & (pixels[order] > 0), changed, dressed)
    return dressed.clamp(0, 1).contiguous(memory_format=torch.channels_last)


def appearance_leak(seen: tuple[Tensor, Tensor], clear: tuple[Tensor, Tensor]) -> Tensor:
    """How much of a change of clothes shows in what is made of pictures.

    Args:
        seen: What an obfuscator made of two batches of pictures that differ in clothes only.
        clear: These batches.

    Returns:
        The deviation of the change after over that before: 1 for the pictures themselves, 0 if
        clothes do not matter at all. Its gradient does not fade as it becomes small.
    """
    after, before = ((one - other).square().mean() for one, other in (seen, clear))
    return (after / before.clamp(min=_SMALLEST) + _SMALLEST).sqrt()
