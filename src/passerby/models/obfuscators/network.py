"""What all networks that turn a picture into another one have in common."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from passerby.errors import ConfigError
from passerby.models.reflection import reflected_places

__all__ = ["Obfuscator"]


class Obfuscator(nn.Module, ABC):
    """Turns pictures into others of the same size: hides people, or tries to undo that.

    Pictures are RGB, 0-1, shape (B, 3, H, W), of any height and width: they are continued by
    reflection up to multiples of the stride, and the result is cropped.

    Attributes:
        name: What it is called in the registry.
        options: All that it was made with, by name.
        stride: Multiple in pixels of the sides that `transform` takes.
        reach: How far in pixels what a pixel becomes may depend on others, a multiple of the
            stride.
    """

    stride: int
    reach: int

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        self.options: dict[str, object] = {}

    @abstractmethod
    def transform(self, images: Tensor) -> Tensor:
        """Answer for sides that are multiples of the stride, two strides at least.

        What sees the pictures is one convolution, the first that the network registers, and what
        gives red, green and blue, a third of its outputs each, is the last one: an export changes
        their weights, so that frames are taken and given as they are.
        """

    def forward(self, images: Tensor) -> Tensor:
        """Turn pictures of shape (B, 3, H, W), 0-1, into others of the same shape, 0-1.

        Raises:
            ConfigError: If the pictures have another shape.
        """
        if images.ndim != 4 or images.shape[1] != 3 or 0 in images.shape:
            raise ConfigError(
                f"an obfuscator takes pictures of shape (B, 3, H, W), not {tuple(images.shape)}"
            )
        height, width = images.shape[2:]
        whole = _continued(_continued(images, 2, self.stride), 3, self.stride)
        return self.transform(whole)[:, :, :height, :width]


def _continued(images: Tensor, axis: int, stride: int) -> Tensor:
    """The pictures continued by reflection along an axis."""
    places = reflected_places(images.shape[axis], stride)
    if len(places) == images.shape[axis]:
        return images
    return images.index_select(axis, torch.from_numpy(places).to(images.device))
