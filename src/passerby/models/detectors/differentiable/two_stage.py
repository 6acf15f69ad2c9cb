"""Faster R-CNN and Mask R-CNN of torchvision, with their own losses.

Ren et al. 2015, arXiv 1506.01497; He et al. 2017, arXiv 1703.06870. De Coninck et al. train their
obfuscator with these, and take what the detector finds in clear pictures for the truth (3.1).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from torchvision.models import WeightsEnum, detection
from torchvision.models.detection.generalized_rcnn import GeneralizedRCNN

from passerby.detections import Detections
from passerby.errors import ConfigError, ModelError
from passerby.geometry import Size
from passerby.models.detectors.differentiable.detector import (
    BoxLabels,
    DenseOutputs,
    DifferentiableDetector,
    check_images,
    suppressed,
)
from passerby.models.detectors.differentiable.weights import load_weights
from passerby.models.session import first_line

__all__ = ["TWO_STAGE", "Instances", "TwoStageDetector"]

_PERSON = 1
"""Number of the class in COCO, and in networks that know people alone; 0 is the background."""


class Instances(NamedTuple):
    """The people in one picture.

    Attributes:
        boxes: Shape (n, 4): left, top, right, bottom in pixels.
        masks: Shape (n, H, W), 0-1, or None.
    """

    boxes: Tensor
    masks: Tensor | None = None


@dataclass(frozen=True, slots=True)
class _Published:
    """A network of torchvision, and its weights from COCO."""

    build: Callable[..., GeneralizedRCNN]
    weights: WeightsEnum
    epsilon: float
    """Of the batch normalization that these weights were trained with."""


TWO_STAGE = {
    "fasterrcnn-resnet50": _Published(
        detection.fasterrcnn_resnet50_fpn,
        detection.FasterRCNN_ResNet50_FPN_Weights.COCO_V1,
        0.0,
    ),
    "fasterrcnn-mobilenetv3-large": _Published(
        detection.fasterrcnn_mobilenet_v3_large_fpn,
        detection.FasterRCNN_MobileNet_V3_Large_FPN_Weights.COCO_V1,
        1e-5,
    ),
    "fasterrcnn-mobilenetv3-large-320": _Published(
        detection.fasterrcnn_mobilenet_v3_large_320_fpn,
        detection.FasterRCNN_MobileNet_V3_Large_320_FPN_Weights.COCO_V1,
        1e-5,
    ),
    "maskrcnn-resnet50": _Published(
        detection.maskrcnn_resnet50_fpn, detection.MaskRCNN_ResNet50_FPN_Weights.COCO_V1, 0.0
    ),
}
"""The detectors of De Coninck et al., table 2, by name."""


class TwoStageDetector(DifferentiableDetector):
    """A detector that proposes regions and then looks at each.

    Its loss takes labels: boxes, or `Instances` with masks for Mask R-CNN, whose masks count only
    where all pictures have them. Which regions it learns from is drawn by torch's generator. Its
    boxes differ from picture to picture, so outputs of clear and obfuscated ones cannot be compared
    one by one; `labels` makes labels of clear pictures.

    Args:
        network: One of torchvision's, in which people are class 1. Its `transform` says at which
            size it looks at pictures.
    """

    def __init__(self, network: GeneralizedRCNN) -> None:
        super().__init__()
        self.network = network
        self.requires_grad_(requires_grad=False)
        self.eval()

    @classmethod
    def named(cls, name: str, size: Size | None = None, weights: str | Path = "coco") -> Self:
        """Open one of torchvision's networks.

        Args:
            name: In `TWO_STAGE`.
            size: Height and width of the pictures, which it then looks at as they are; when left
                out, it enlarges them as it did in training: to 800 pixels (320 for the last), which
                takes ten times as long for small ones.
            weights: ``coco`` for those of torchvision, which are fetched if they are not in its
                cache; ``scratch`` for random ones; else the path of a file with a state dict.

        Raises:
            ModelError: If the weights cannot be fetched or read, or are of another network.
        """
        published = TWO_STAGE[name]
        sides = {} if size is None else {"min_size": min(size), "max_size": max(size)}
        if weights == "coco":
            try:
                network = published.build(weights=published.weights, progress=False, **sides)
            except (OSError, RuntimeError) as error:
                raise ModelError(
                    f"the weights of {name} could not be fetched ({first_line(error)}): download "
                    f"{published.weights.url} elsewhere and give the file"
                ) from error
            return cls(network)
        network = published.build(weights=None, weights_backbone=None, **sides)
        if weights != "scratch":
            counts_batches = load_weights(network, Path(weights))
            if not counts_batches:  # published weights
                _set_epsilon(network, published.epsilon)
        return cls(network)

    def train(self, mode: bool = True) -> Self:  # noqa: ARG002, FBT001, FBT002 - as torch has it
        """Stay in use."""
        return super().train(mode=False)

    def forward(self, images: Tensor) -> tuple[DenseOutputs, tuple[Tensor, ...]]:
        """Return what it finds and its pyramid of features; see `DifferentiableDetector`.

        Pictures with fewer boxes than another have boxes of no size, whose score is 0.
        """
        people, features = self._find(images)
        return DenseOutputs(
            pad_sequence([boxes for boxes, _, _ in people], batch_first=True),
            pad_sequence([scores for _, scores, _ in people], batch_first=True),
        ), features

    def loss(
        self, images: Tensor, targets: DenseOutputs | BoxLabels | Sequence[Instances]
    ) -> Tensor:
        """Return the sum of the losses that the network was trained with."""
        check_images(images)
        if isinstance(targets, DenseOutputs):
            raise ConfigError(
                "this detector learns from labels: give boxes, such as `labels` of clear pictures"
            )
        people = [one if isinstance(one, Instances) else Instances(one) for one in targets]
        _check_labels(people, len(images))
        masks = [one.masks for one in people if one.masks is not None]
        wanted: list[dict[str, Tensor]] = [
            {"boxes": one.boxes, "labels": one.boxes.new_full((len(one.boxes),), _PERSON).long()}
            for one in people
        ]
        heads, pool = self.network.roi_heads, self.network.roi_heads.mask_roi_pool
        if len(masks) == len(people):
            for one, mask in zip(wanted, masks, strict=True):
                one["masks"] = mask
        else:
            heads.mask_roi_pool = None
        _prepare_losses(self.network)
        try:
            losses: dict[str, Tensor] = self.network(list(images), wanted)
        finally:
            heads.mask_roi_pool = pool
            self.network.eval()
        return torch.stack(list(losses.values())).sum()

    @torch.no_grad()
    def decoded(
        self, images: Tensor, threshold: float = 0.1, overlap: float = 0.65
    ) -> list[Detections]:
        """Return the people in each picture; it drops boxes that overlap by more than a half."""
        people, _ = self._find(images)
        return [suppressed(boxes, scores, threshold, overlap) for boxes, scores, _ in people]

    @torch.no_grad()
    def labels(self, images: Tensor, threshold: float = 0.5) -> list[Instances]:
        """Take what it finds in clear pictures for the truth, as De Coninck et al. do (3.1).

        Args:
            images: Shape (B, 3, H, W).
            threshold: Lowest score, which the paper does not give.

        Returns:
            Boxes, and masks if it is a Mask R-CNN.
        """
        return [
            Instances(
                boxes[scores >= threshold], None if masks is None else masks[scores >= threshold]
            )
            for boxes, scores, masks in self._find(images)[0]
        ]

    def _find(
        self, images: Tensor
    ) -> tuple[list[tuple[Tensor, Tensor, Tensor | None]], tuple[Tensor, ...]]:
        """Return boxes, scores and masks of the people in each picture, and all features."""
        check_images(images)
        network, size = self.network, tuple(images.shape[2:])
        scaled, _ = network.transform(list(images))
        features = network.backbone(scaled.tensors)
        if isinstance(features, Tensor):
            features = {"0": features}
        proposals, _ = network.rpn(scaled, features)
        found, _ = network.roi_heads(features, proposals, scaled.image_sizes)
        found = network.transform.postprocess(found, scaled.image_sizes, [size] * len(images))
        people = []
        for one in found:
            chosen = one["labels"] == _PERSON
            masks = one["masks"][chosen, 0] if "masks" in one else None
            people.append((one["boxes"][chosen], one["scores"][chosen], masks))
        return people, tuple(features.values())


def _prepare_losses(network: nn.Module) -> None:
    """Let a network compute losses, but normalize and drop nothing otherwise than in use."""
    network.train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d | nn.Dropout):
            module.eval()


def _check_labels(people: Sequence[Instances], count: int) -> None:
    if len(people) != count:
        raise ConfigError(
            f"there are labels of {len(people)} pictures for {count}: give each its own"
        )
    for place, (boxes, masks) in enumerate(people):
        if boxes.dim() != 2 or boxes.shape[1] != 4 or not boxes.is_floating_point():
            raise ConfigError(
                f"the boxes of picture {place} are {boxes.dtype} of shape {tuple(boxes.shape)}: "
                "give numbers with a point, shape (n, 4)"
            )
        if not (boxes[:, 2:] > boxes[:, :2]).all():
            raise ConfigError(
                f"a box of picture {place} has no size: give left, top, right, bottom in pixels"
            )
        if masks is not None and len(masks) != len(boxes):
            raise ConfigError(f"picture {place} has {len(boxes)} boxes and {len(masks)} masks")


def _set_epsilon(network: nn.Module, epsilon: float) -> None:
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eps = epsilon
