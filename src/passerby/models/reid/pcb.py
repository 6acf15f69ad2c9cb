"""The part-based convolutional baseline (PCB), with stripes or with parts that it finds itself.

Sun et al. 2018, "Beyond part models: person retrieval with refined part pooling (and a strong
convolutional baseline)", ECCV, arXiv 1711.09349.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from passerby.errors import ConfigError
from passerby.geometry import Size
from passerby.models.reid.cards import REID_MODELS, ReidCard
from passerby.models.reid.layers import initialise
from passerby.models.reid.network import Output, ReidNetwork
from passerby.models.reid.resnet import residual_network, trunk

__all__ = ["PartBaseline", "RefinedPooling", "StripePooling"]


class StripePooling(nn.Module):
    """Means over horizontal stripes of equal height, which overlap where rows do not divide.

    Args:
        parts: Number of stripes.
    """

    def __init__(self, parts: int) -> None:
        super().__init__()
        self.parts = parts

    def forward(self, maps: Tensor) -> Tensor:
        """Turn maps of shape (B, C, h, w) into means of shape (B, C, parts)."""
        rows = int(maps.shape[2])
        tops = [part * rows // self.parts for part in range(self.parts)]
        bottoms = [-(-(part + 1) * rows // self.parts) for part in range(self.parts)]
        stripes = zip(tops, bottoms, strict=True)
        return torch.stack([maps[:, :, top:end].mean(dim=(2, 3)) for top, end in stripes], dim=2)


class RefinedPooling(nn.Module):
    """Means over parts to which each cell belongs by its own features (paper, section 4).

    A dense layer and softmax say how much. Means are weighted by it and divided by its sum, so
    that they are of the size of those over stripes, from which training goes on.

    Args:
        channels: Of the maps.
        parts: Number of parts.
    """

    def __init__(self, channels: int, parts: int) -> None:
        super().__init__()
        self.part_classifier = nn.Conv2d(channels, parts, 1, bias=False)
        nn.init.normal_(self.part_classifier.weight, std=0.001)

    def forward(self, maps: Tensor) -> Tensor:
        """Turn maps of shape (B, C, h, w) into weighted means of shape (B, C, parts)."""
        weights: Tensor = self.part_classifier(maps).softmax(dim=1).flatten(2)
        weights = weights / weights.sum(dim=2, keepdim=True)
        means: Tensor = maps.flatten(2) @ weights.transpose(1, 2)
        return means


class PartBaseline(ReidNetwork):
    """Describes each of several parts of the body, and learns to classify each by itself.

    Signatures are the pooled features of all parts, each part normalised to length 1.

    A refined one is trained in three steps (paper, section 4.2): train one with stripes; start the
    refined one from its file and train ``pooling`` alone; train all.

    Args:
        people: Number of people to tell apart.
        size: Height and width of the images.
        parts: Number of parts.
        shared: Whether all parts share the convolution that reduces their features, as in
            Torchreid, rather than having their own, as in the paper.
        refined: Whether the network finds the parts itself.
        backbone: One of `passerby.models.reid.resnet.RESNETS`.
        width: Share of the channels of the backbone.

    Raises:
        ConfigError: If the backbone is unknown, or there are no parts.
    """

    def __init__(
        self,
        people: int,
        size: Size,
        *,
        parts: int = 6,
        shared: bool = False,
        refined: bool = False,
        backbone: str = "resnet50",
        width: float = 1.0,
    ) -> None:
        super().__init__(size)
        if parts < 1:
            raise ConfigError(f"parts is {parts}: give 1 or more")
        network = residual_network(backbone, width=width)
        channels, reduced = network.inplanes, 256
        self.backbone: nn.Module = trunk(network)
        self.imagenet = backbone if width == 1 else None
        self.dimension = channels * parts
        self.pooling = RefinedPooling(channels, parts) if refined else StripePooling(parts)
        self.dropout = nn.Dropout(0.5)
        reductions = [_reduction(channels, reduced) for _ in range(1 if shared else parts)]
        self.reductions = nn.ModuleList(reductions)
        self.classifiers = nn.ModuleList(nn.Linear(reduced, people) for _ in range(parts))
        initialise(self.classifiers)

    def learn(self, images: Tensor) -> Output:
        """Return logits for each part, and the pooled features of all parts."""
        pooled = self.pooling(self.backbone(images))
        dropped = self.dropout(pooled)
        if len(self.reductions) == 1:
            reduced = self.reductions[0](dropped).unbind(dim=2)
        else:
            parts = zip(self.reductions, dropped.split(1, dim=2), strict=True)
            reduced = tuple(reduction(part).squeeze(2) for reduction, part in parts)
        logits = zip(self.classifiers, reduced, strict=True)
        return Output(tuple(classify(part) for classify, part in logits), (pooled.flatten(1),))

    def describe(self, images: Tensor) -> Tensor:
        """Return the pooled features, each part normalised."""
        pooled = self.pooling(self.backbone(images))
        return functional.normalize(pooled, dim=1).flatten(1)


def _reduction(inputs: int, outputs: int) -> nn.Sequential:
    reduction = nn.Sequential(
        nn.Conv1d(inputs, outputs, 1, bias=False),
        nn.BatchNorm1d(outputs),
        nn.ReLU(inplace=True),
    )
    initialise(reduction)
    return reduction


_SUN = "Sun et al., ECCV 2018, arXiv 1711.09349"

REID_MODELS.add(
    "pcb",
    ReidCard(
        build=PartBaseline,
        summary="Six stripes, each with a convolution of its own.",
        paper=_SUN,
        size=(384, 128),
        dimension=12_288,
        losses=("identity",),
        weights="imagenet",
        quick={"backbone": "resnet18"},
    ),
)
REID_MODELS.add(
    "pcb-shared",
    ReidCard(
        build=PartBaseline,
        summary="Six stripes that share one convolution, as Torchreid and Dietlmeier et al. have.",
        paper=_SUN,
        size=(256, 128),
        dimension=12_288,
        losses=("identity",),
        weights="imagenet",
        options={"shared": True},
        quick={"backbone": "resnet18"},
    ),
)
REID_MODELS.add(
    "pcb-rpp",
    ReidCard(
        build=PartBaseline,
        summary="Six parts that the network finds itself (refined part pooling); starts from pcb.",
        paper=_SUN,
        size=(384, 128),
        dimension=12_288,
        losses=("identity",),
        weights="imagenet",
        options={"refined": True},
        quick={"backbone": "resnet18"},
    ),
)
