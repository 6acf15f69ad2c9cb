"""The strong baseline (BoT), with any backbone.

Luo et al. 2019, "Bag of tricks and a strong baseline for deep person re-identification", CVPR
Workshops, arXiv 1903.07071.
"""

from typing import Literal, get_args

from torch import Tensor, nn

from passerby.errors import ConfigError
from passerby.geometry import Size
from passerby.models.reid.backbones import backbone as make_backbone
from passerby.models.reid.backbones import feature_count
from passerby.models.reid.cards import REID_MODELS, ReidCard
from passerby.models.reid.network import Output, ReidNetwork

__all__ = ["Neck", "StrongBaseline"]

Neck = Literal["after", "before", "none"]
"""Signatures are taken after the neck, before it, or there is none."""


class StrongBaseline(ReidNetwork):
    """One global feature; a batch normalisation ("BNNeck") stands between it and the classifier.

    Metric losses see the feature before the neck, the classifier what comes after it.

    Args:
        people: Number of people to tell apart.
        size: Height and width of the images.
        backbone: Name of a network of torchvision, or of timm after "timm/".
        last_stride: 1 or 2 for residual networks; None for 1 where the backbone is one.
        stem_relu: Whether a residual network has the ReLU of its stem, which the authors' code
            forgot: the published figures are without it.
        neck: Where signatures are taken; after the neck in the paper.
        width: Share of the channels, for ResNet-18 to ResNet-152.

    Raises:
        ConfigError: If the backbone is unknown or does not fit the other options.
    """

    def __init__(
        self,
        people: int,
        size: Size,
        *,
        backbone: str = "resnet50",
        last_stride: int | None = None,
        stem_relu: bool = True,
        neck: Neck = "after",
        width: float = 1.0,
    ) -> None:
        super().__init__(size)
        if neck not in get_args(Neck):
            raise ConfigError(f"neck is {neck!r}: choose one of {', '.join(get_args(Neck))}")
        self.backbone: nn.Module = make_backbone(
            backbone, size, last_stride=last_stride, stem_relu=stem_relu, width=width
        )
        self.imagenet = backbone if width == 1 else None
        self.dimension = feature_count(self.backbone, backbone, size)
        self.signature_before_neck = neck == "before"
        self.neck: nn.Module = nn.Identity() if neck == "none" else _neck(self.dimension)
        self.classifier = nn.Linear(self.dimension, people, bias=neck == "none")
        nn.init.normal_(self.classifier.weight, std=0.001)

    def learn(self, images: Tensor) -> Output:
        """Return one tensor of logits, and the feature before the neck."""
        feature = self.backbone(images)
        return Output((self.classifier(self.neck(feature)),), (feature,))

    def describe(self, images: Tensor) -> Tensor:
        """Return the feature after or before the neck."""
        feature: Tensor = self.backbone(images)
        return feature if self.signature_before_neck else self.neck(feature)


def _neck(features: int) -> nn.BatchNorm1d:
    """Return batch normalisation without a shift, so that people lie around the origin."""
    neck = nn.BatchNorm1d(features)
    neck.bias.requires_grad = False
    return neck


REID_MODELS.add(
    "bot",
    ReidCard(
        build=StrongBaseline,
        summary="One global feature behind a batch normalisation; any backbone.",
        paper="Luo et al., CVPRW 2019, arXiv 1903.07071",
        size=(256, 128),
        dimension=2048,
        losses=("identity", "triplet", "centre"),
        weights="imagenet",
        quick={"backbone": "resnet18"},
    ),
)
