"""ResNet50Mid: features of the middle joined with those of the end.

Yu et al. 2017, "The devil is in the middle: exploiting mid-level representations for cross-domain
instance matching", arXiv 1711.08106.
"""

import torch
from torch import Tensor, nn

from passerby.geometry import Size
from passerby.models.reid.cards import REID_MODELS, ReidCard
from passerby.models.reid.layers import embedding, initialise, scaled
from passerby.models.reid.network import Output, ReidNetwork
from passerby.models.reid.resnet import residual_network, trunk

__all__ = ["MidLevelResNet"]


class MidLevelResNet(ReidNetwork):
    """Joins the three blocks of the last stage: two in an embedding, the last as it is.

    Args:
        people: Number of people to tell apart.
        size: Height and width of the images.
        last_stride: 1 or 2; 2 in the paper.
        width: Share of the channels.
    """

    def __init__(
        self, people: int, size: Size, *, last_stride: int = 2, width: float = 1.0
    ) -> None:
        super().__init__(size)
        network = residual_network("resnet50", last_stride=last_stride, width=width)
        self.backbone: nn.Module = trunk(network)
        self.imagenet = "resnet50" if width == 1 else None
        middle = scaled(1024, width)
        self.middle = embedding(2 * network.inplanes, middle)
        self.dimension = middle + network.inplanes
        self.classifier = nn.Linear(self.dimension, people)
        initialise(self.middle)
        initialise(self.classifier)

    def learn(self, images: Tensor) -> Output:
        """Return one tensor of logits, and the signatures."""
        signatures = self.describe(images)
        return Output((self.classifier(signatures),), (signatures,))

    def describe(self, images: Tensor) -> Tensor:
        """Return the embedding of the middle, then the mean of the last maps."""
        maps, pooled = images, []
        *stages, last = self.backbone.children()
        for stage in stages:
            maps = stage(maps)
        for block in last.children():
            maps = block(maps)
            pooled.append(maps.mean(dim=(2, 3)))
        *middle, end = pooled
        return torch.cat([self.middle(torch.cat(middle, dim=1)), end], dim=1)


REID_MODELS.add(
    "resnet50mid",
    ReidCard(
        build=MidLevelResNet,
        summary="ResNet-50 whose middle joins its end.",
        paper="Yu et al. 2017, arXiv 1711.08106",
        size=(256, 128),
        dimension=3072,
        losses=("identity",),
        weights="imagenet",
        quick={"width": 0.5},
    ),
)
