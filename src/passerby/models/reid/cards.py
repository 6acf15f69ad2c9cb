"""What is known about each network for re-identification."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from passerby.geometry import Size
from passerby.models.cards import Scale
from passerby.models.reid.network import ReidNetwork
from passerby.registry import Registry

__all__ = ["REID_MODELS", "Loss", "ReidCard"]

Loss = Literal["identity", "triplet", "centre", "pair"]
"""``identity`` is cross-entropy over people; ``pair`` is binary cross-entropy over pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReidCard:
    """One network for re-identification, and how its paper had it.

    Attributes:
        build: Makes it, from the number of people, the size of images and options by name.
        summary: What sets it apart, in one sentence.
        paper: Who published it, and where.
        size: Height and width of images in the paper, or in the code that its figures are from.
        dimension: Length of a signature at that size.
        losses: What it learns from in the paper.
        weights: What it starts from in the paper.
        options: Options that make it the published one.
        quick_size: Height and width of images of the small configuration.
        quick: Options of the small configuration.
    """

    build: Callable[..., ReidNetwork]
    summary: str
    paper: str
    size: Size
    dimension: int
    losses: tuple[Loss, ...]
    weights: Literal["imagenet", "scratch"]
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    quick_size: Size = (128, 64)
    quick: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def configuration(self, scale: Scale) -> tuple[Size, dict[str, object]]:
        """Return the size of images and the options of a scale."""
        if scale == "quick":
            return self.quick_size, {**self.options, **self.quick}
        return self.size, dict(self.options)


REID_MODELS: Registry[ReidCard] = Registry("re-ID model")
"""All networks for re-identification that can be trained."""
