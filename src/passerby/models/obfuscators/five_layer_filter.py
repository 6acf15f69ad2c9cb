"""The filter of Johansson and Lundberg, section 4.1.4: five small convolutions."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from passerby.errors import ConfigError
from passerby.models.obfuscators.layers import checked_number
from passerby.models.obfuscators.network import Obfuscator
from passerby.models.obfuscators.registry import OBFUSCATORS, ObfuscatorCard

__all__ = ["FiveLayerFilter", "Initialisation"]

Initialisation = Literal["glorot", "unit-variance"]
"""How weights are drawn; see `FiveLayerFilter`."""

_PUBLISHED = 5, 7, 7, 5, 3
_LAYERS = 5


class FiveLayerFilter(Obfuscator):
    """Five convolutions of 3x3 without biases, ReLU after the first four, a sigmoid after the last.

    Args:
        kernels: Number of kernels of each layer; the last gives three colours. The thesis has 3
            to 9 in the others.
        initialisation: ``glorot`` is Keras's default (Glorot and Bengio 2010), which the thesis
            does not name. Without biases it often starts almost constant. ``unit-variance`` then
            scales each kernel so that its answers have mean 0 and variance 1 on random pictures:
            after LSUV (Mishkin and Matas 2016, arXiv 1511.06422), but for each kernel, and centred
            because there are no biases that could do so.

    Raises:
        ConfigError: If there are not five numbers of kernels, the last of them 3, or the
            initialisation is unknown.
    """

    stride = 1
    reach = _LAYERS

    def __init__(
        self, *, kernels: Sequence[int] = _PUBLISHED, initialisation: Initialisation = "glorot"
    ) -> None:
        super().__init__()
        if type(kernels) not in {list, tuple} or len(kernels) != _LAYERS or kernels[-1] != 3:
            raise ConfigError(f"kernels are {kernels!r}: give five numbers, of which the last is 3")
        if initialisation not in get_args(Initialisation):
            known = ", ".join(get_args(Initialisation))
            raise ConfigError(f"initialisation is {initialisation!r}: choose one of {known}")
        counts = [checked_number("a number of kernels", one, 1024) for one in kernels]
        convolutions = [
            nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
            for inputs, outputs in pairwise((3, *counts))
        ]
        self.layers = nn.ModuleList(convolutions)
        for layer in convolutions:
            nn.init.xavier_uniform_(layer.weight)
        if initialisation == "unit-variance":
            self.normalise(random_pictures())

    def transform(self, images: Tensor) -> Tensor:
        """Answer for pictures of any size."""
        *first, last = self.layers
        for layer in first:
            images = functional.relu(layer(images))
        result: Tensor = last(images).sigmoid()
        return result

    @torch.no_grad()
    def normalise(self, images: Tensor) -> None:
        """Scale and centre each kernel, so that its answers to ``images`` have mean 0, variance 1.

        What a kernel has along the mean of what it sees is taken away; that leaves its answers
        centred without a bias.

        Args:
            images: Shape (B, 3, H, W), 0-1.
        """
        for layer in self.layers.children():
            weight = layer.get_parameter("weight")
            seen = functional.unfold(images, 3).transpose(1, 2).flatten(0, 1)
            mean = seen.mean(0)
            kernels = weight.flatten(1)
            kernels -= torch.outer(kernels @ mean, mean) / mean.dot(mean).clamp(min=1e-12)
            kernels /= (seen @ kernels.T).std(0).clamp(min=1e-12)[:, None]
            weight.copy_(kernels.view_as(weight))
            images = functional.relu(layer(images))


def random_pictures(count: int = 8, side: int = 48) -> Tensor:
    """Pictures of soft patches in random colours, shape (count, 3, side, side), 0-1."""
    coarse = torch.rand(count, 3, side // 8, side // 8)
    return functional.interpolate(coarse, size=(side, side), mode="bilinear", align_corners=False)


OBFUSCATORS.add(
    "five-layer-filter",
    ObfuscatorCard(
        build=FiveLayerFilter,
        summary="Five convolutions of 3x3 without biases, about a thousand weights.",
        paper="Johansson and Lundberg, section 4.1.4",
        options={"kernels": _PUBLISHED, "initialisation": "glorot"},
    ),
)
