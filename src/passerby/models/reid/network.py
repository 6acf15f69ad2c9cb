"""What all networks for re-identification have in common."""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn

from passerby.errors import ConfigError
from passerby.geometry import Size
from passerby.models.reid.origin import WeightsOrigin

__all__ = ["Output", "ReidNetwork"]


class Output(NamedTuple):
    """What a network says of B images while it learns.

    Attributes:
        logits: One tensor of shape (B, people) from each classifier; the identity loss is the mean
            of theirs. A network that compares pairs has none.
        features: Tensors of shape (B, d) for losses that compare images (triplet, centre, pairs),
            not normalised.
    """

    logits: tuple[Tensor, ...]
    features: tuple[Tensor, ...]


class ReidNetwork(nn.Module, ABC):
    """Describes images of people, so that the same person can be found again.

    It takes RGB images of shape (B, 3, height, width), less ImageNet's mean over its deviation. In
    training (`nn.Module.train`) it answers with an `Output`, in use (`nn.Module.eval`) with
    signatures of shape (B, dimension). They are what the paper compares; unless the paper does so
    for parts of them, they are not normalised.

    Args:
        size: Height and width of the images.

    Attributes:
        name: What it is called in the registry.
        options: All that it was made with beside people and size, by name.
        size: Height and width of the images.
        dimension: Length of a signature.
        backbone: The part that weights learned on ImageNet fit, if it has one.
        imagenet: Name of the torchvision model whose ImageNet weights fit the backbone.
        origin: Which weights it started from.
    """

    dimension: int
    backbone: nn.Module | None

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.name = ""
        self.options: dict[str, object] = {}
        self.backbone = None
        self.imagenet: str | None = None
        self.origin = WeightsOrigin("scratch")

    @abstractmethod
    def learn(self, images: Tensor) -> Output:
        """Answer in training."""

    @abstractmethod
    def describe(self, images: Tensor) -> Tensor:
        """Answer in use: signatures of shape (B, dimension)."""

    def forward(self, images: Tensor) -> Output | Tensor:
        """Answer for images of shape (B, 3, height, width), in training or in use.

        Raises:
            ConfigError: If the images have another shape.
        """
        if not torch.onnx.is_in_onnx_export() and tuple(images.shape[1:]) != (3, *self.size):
            height, width = self.size
            raise ConfigError(
                f"{self.name or 'the network'} takes images of shape (B, 3, {height}, {width}), "
                f"not {tuple(images.shape)}: resize them, or create it with their size"
            )
        return self.learn(images) if self.training else self.describe(images)
