"""The detectors that must go on finding people, and what they said of clear pictures."""

from collections.abc import Sequence

import torch
from torch import Tensor

from passerby.models.detectors.differentiable import (
    DenseOutputs,
    DifferentiableDetector,
    feature_matching,
    open_detector,
    output_matching,
)
from passerby.train.engine.machine import Machine
from passerby.train.obfuscator.crops import HEIGHT, WIDTH
from passerby.train.obfuscator.pool import CropBatch

__all__ = ["ObeyedDetector", "open_detectors"]


class ObeyedDetector:
    """A frozen detector, which remembers what it said of each clear crop.

    Args:
        name: For messages.
        network: The detector.
    """

    def __init__(self, name: str, network: DifferentiableDetector) -> None:
        self.name = name
        self.network = network
        self._said: dict[int, tuple[Tensor, ...]] = {}

    @property
    def device(self) -> torch.device:
        """What it computes on."""
        weights = (*self.network.parameters(), *self.network.buffers())
        return weights[0].device if weights else torch.device("cpu")

    def losses(self, seen: Tensor, batch: CropBatch) -> tuple[Tensor, Tensor]:
        """Compare what it finds in obfuscated crops with what it finds in clear ones.

        Args:
            seen: The obfuscated crops of the batch, shape (B, 3, H, W).
            batch: With the clear ones.

        Returns:
            How far its outputs are from those of clear crops, and how far its features are: what
            detectors have in common is in their features, so to match them helps those that were
            never asked.
        """
        wanted, wanted_features = self._clear(batch)
        outputs, features = self.network(seen)
        return (
            output_matching(wanted, outputs),
            feature_matching(wanted_features, features, batch.people),
        )

    @torch.no_grad()
    def _clear(self, batch: CropBatch) -> tuple[DenseOutputs, tuple[Tensor, ...]]:
        """Return what it says and sees of the clear crops, which it is asked only once."""
        if any(number not in self._said for number in batch.numbers):
            outputs, features = self.network(batch.images)
            parts = (outputs.boxes, outputs.scores, *(one.half() for one in features))
            for place, number in enumerate(batch.numbers):
                self._said[number] = tuple(part[place].cpu().clone() for part in parts)
        said = zip(*(self._said[number] for number in batch.numbers), strict=True)
        device = batch.images.device
        boxes, scores, *features = (torch.stack(part).to(device).float() for part in said)
        return DenseOutputs(boxes, scores), tuple(features)


def open_detectors(names: Sequence[str], machine: Machine) -> list[ObeyedDetector]:
    """Open detectors by name or path, for crops.

    Raises:
        ModelError: If one is missing or cannot be made differentiable.
    """
    return [ObeyedDetector(name, _opened(name, machine)) for name in names]


def _opened(name: str, machine: Machine) -> DifferentiableDetector:
    network = open_detector(name, size=(HEIGHT, WIDTH)).to(machine.device).eval()
    return network.requires_grad_(requires_grad=False)
