"""Networks that an obfuscator learns to defeat: they rebuild pictures, or tell people apart."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from passerby.models.obfuscators import create_obfuscator
from passerby.train.obfuscator.channel import cosine_basis
from passerby.train.obfuscator.privacy import pair_scores

__all__ = ["REBUILDERS", "IdentityAttacker", "Rebuilder", "person_patches"]


_GREY = 0.5
_LEAST_SPREAD = 1e-3


class _LinearFilter(nn.Module):
    """One convolution: undoes what is nearly invertible, such as inverted colours.

    Neighbouring pixels are nearly alike. A step of Adam therefore moves the answer of a plain
    convolution by the sum of all its weights' steps, and it never settles. This one learns the
    weights of the pixels' cosine transform, each scaled to a standard deviation of 1.

    Args:
        size: Side of what it sees, in pixels; odd.
    """

    _patterns: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        basis = cosine_basis(size)
        patterns = torch.einsum("ij,kl->ikjl", basis, basis).reshape(size**2, 1, size, size)
        self.register_buffer("_patterns", patterns.repeat(3, 1, 1, 1), persistent=False)
        self._weights = nn.Parameter(torch.zeros(3, 3 * size**2))
        self._offset = nn.Parameter(torch.full((3,), _GREY))

    def forward(self, images: Tensor) -> Tensor:
        size = self._size
        cosines = functional.conv2d(images.detach(), self._patterns, stride=size, groups=3)
        spread, middle = torch.std_mean(cosines, dim=(0, 2, 3))
        weights = self._weights / spread.clamp(min=_LEAST_SPREAD)
        kernels = (weights[:, :, None] * self._patterns.flatten(1)).reshape(3, 3, size**2, -1)
        return functional.conv2d(
            images,
            kernels.sum(dim=2).reshape(3, 3, size, size),
            self._offset - weights @ middle,
            padding=size // 2,
        )


def _colours() -> nn.Module:
    """Undo what is done to each pixel alone, such as a palette."""
    return nn.Sequential(nn.Conv2d(3, 32, 1), nn.ReLU(), nn.Conv2d(32, 3, 1), nn.Sigmoid())


REBUILDERS: Mapping[str, Callable[[], nn.Module]] = MappingProxyType(
    {
        "colours": _colours,
        "convolution": partial(_LinearFilter, 5),
        "autoencoder": partial(create_obfuscator, "mobile-autoencoder", width=0.25),
        "unet-small": partial(create_obfuscator, "u-net", size="small"),
        "unet-medium": partial(create_obfuscator, "u-net", size="medium"),
    }
)
"""Attackers that rebuild pictures, from the cheapest to the dearest."""


class Rebuilder(nn.Module):
    """An attacker that rebuilds pictures, with its age.

    Args:
        kind: One of `REBUILDERS`.

    Attributes:
        age: Steps that it has learned for since it was last made new.
    """

    age: Tensor

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.network = REBUILDERS[kind]()
        self.register_buffer("age", torch.zeros((), dtype=torch.long))

    def forward(self, images: Tensor) -> Tensor:
        """Rebuild pictures of shape (B, 3, H, W), 0-1."""
        rebuilt: Tensor = self.network(images)
        return rebuilt

    def restart(self, seed: Sequence[int]) -> None:
        """Take new random weights, the same for the same seed."""
        with torch.random.fork_rng(devices=[]):
            (drawn,) = np.random.SeedSequence(seed).generate_state(1)
            torch.manual_seed(int(drawn))
            fresh = REBUILDERS[self.kind]()
        self.network.load_state_dict(fresh.state_dict())
        self.age.zero_()


class IdentityAttacker(nn.Module):
    """Says how alike two people are, from patches of 64x32 pixels.

    Args:
        channels: Of its first maps.
    """

    def __init__(self, channels: int = 16) -> None:
        super().__init__()
        widths = (3, channels, 2 * channels, 4 * channels)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 3, 2, 1), nn.GroupNorm(4, after), nn.ReLU()]
        self.trunk = nn.Sequential(*layers)
        self.sharpness = nn.Parameter(torch.tensor(5.0))
        self.offset = nn.Parameter(torch.tensor(-2.0))

    def forward(self, patches: Tensor) -> Tensor:
        """Describe patches of shape (B, 3, 64, 32); returns features (B, 64)."""
        features: Tensor = self.trunk(patches).mean(dim=(2, 3))
        return features

    def loss(self, patches: Tensor, identities: Tensor) -> Tensor:
        """Binary cross-entropy over all pairs; both kinds of pair weigh the same."""
        scores = pair_scores(self(patches), identities)
        losses = [
            functional.binary_cross_entropy_with_logits(
                self.sharpness * some + self.offset, torch.full_like(some, wanted)
            )
            for some, wanted in zip(scores, (1.0, 0.0), strict=True)
            if len(some)
        ]
        return torch.stack(losses).mean()


def person_patches(images: Tensor, boxes: Tensor, size: tuple[int, int] = (64, 32)) -> Tensor:
    """Cut people out of pictures and bring them to one size; gradients pass.

    Args:
        images: Shape (B, 3, H, W).
        boxes: Shape (B, 4): left, top, right, bottom in pixels, one person a picture.
        size: Height and width of a patch.

    Returns:
        Shape (B, 3, height, width).
    """
    height, width = images.shape[2:]
    scale = boxes.new_tensor([width, height])
    low, high = 2 * boxes[:, :2] / scale - 1, 2 * boxes[:, 2:] / scale - 1
    half, centre = (high - low) / 2, (high + low) / 2
    zero = torch.zeros_like(half[:, 0])
    across = torch.stack([half[:, 0], zero, centre[:, 0]], dim=1)
    down = torch.stack([zero, half[:, 1], centre[:, 1]], dim=1)
    places = functional.affine_grid(
        torch.stack([across, down], dim=1), [len(images), 3, *size], align_corners=False
    )
    return functional.grid_sample(images, places, padding_mode="border", align_corners=False)
