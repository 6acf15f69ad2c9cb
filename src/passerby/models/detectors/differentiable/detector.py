"""What all detectors have in common through which an obfuscator learns."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor, nn
from torchvision.ops import nms

from passerby.detections import Detections
from passerby.errors import ConfigError

__all__ = ["BoxLabels", "DenseOutputs", "DifferentiableDetector", "check_images", "suppressed"]


class DenseOutputs(NamedTuple):
    """All boxes that a detector gives for B pictures, however low their scores.

    Attributes:
        boxes: Shape (B, N, 4): left, top, right, bottom in pixels of the pictures.
        scores: Shape (B, N), 0-1: that the box encloses a person.
    """

    boxes: Tensor
    scores: Tensor


BoxLabels = Sequence[Tensor]
"""Boxes of the people in each picture, shape (n, 4) each: left, top, right, bottom in pixels."""


class DifferentiableDetector(nn.Module, ABC):
    """Finds people in pictures and hands gradients back to every pixel.

    Pictures are RGB, 0-1, shape (B, 3, H, W). One that does not learn along is always in use: its
    weights are frozen and `train` does not change how it computes.
    """

    @abstractmethod
    def forward(self, images: Tensor) -> tuple[DenseOutputs, tuple[Tensor, ...]]:
        """Return the outputs and the features for some pictures, which it computes at once.

        Raises:
            ConfigError: If these are no pictures.
            ModelError: If it cannot take pictures of this size.
        """

    @abstractmethod
    def loss(self, images: Tensor, targets: DenseOutputs | BoxLabels) -> Tensor:
        """Say how far a detector is from finding what it ought to find.

        Args:
            images: Obfuscated pictures.
            targets: BoxLabels for a detector that has a loss of its own; otherwise its own outputs
                for the clear pictures.

        Returns:
            A number from 0.

        Raises:
            ConfigError: If the targets are of the other sort, or do not fit the pictures.
        """

    @abstractmethod
    def decoded(
        self, images: Tensor, threshold: float = 0.1, overlap: float = 0.65
    ) -> list[Detections]:
        """Return the people in each picture, best first, without gradients.

        Args:
            images: Shape (B, 3, H, W).
            threshold: Lowest score, 0-1.
            overlap: Intersection over union above which two boxes are the same person, 0-1.
        """

    def outputs(self, images: Tensor) -> DenseOutputs:
        """Return all boxes and their scores."""
        outputs: DenseOutputs = self(images)[0]
        return outputs

    def features(self, images: Tensor) -> tuple[Tensor, ...]:
        """Return the maps that detection builds on, shape (B, channels, h, w) each, fine first."""
        features: tuple[Tensor, ...] = self(images)[1]
        return features


def check_images(images: Tensor) -> None:
    """Make sure that a tensor can hold pictures.

    Raises:
        ConfigError: If it does not.
    """
    shape = tuple(images.shape)
    if len(shape) != 4 or shape[1] != 3 or 0 in shape:
        raise ConfigError(
            f"pictures have shape (B, 3, H, W), RGB, not {shape}: drop an alpha channel, and "
            "repeat grey three times"
        )
    if not images.is_floating_point():
        raise ConfigError(f"pictures are numbers of 0-1, not {images.dtype}: divide bytes by 255")


def suppressed(boxes: Tensor, scores: Tensor, threshold: float, overlap: float) -> Detections:
    """Keep the best of boxes that overlap.

    Args:
        boxes: Shape (n, 4), of one picture.
        scores: Shape (n,).
        threshold: Lowest score, 0-1.
        overlap: Intersection over union above which the weaker of two boxes is dropped.

    Returns:
        Boxes around persons, best first.
    """
    strong = scores >= threshold
    boxes, scores = boxes[strong], scores[strong]
    kept = nms(boxes, scores, overlap)
    return Detections.of(boxes[kept].cpu().numpy(), scores[kept].cpu().numpy())
