"""How good an obfuscator is on people whom nobody has learned from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from passerby.detections import Boxes
from passerby.errors import InputError
from passerby.evaluate.detection import average_precision, curve, match_detections, rank
from passerby.models.obfuscators import Obfuscator
from passerby.train.engine.ema import averaged_copy
from passerby.train.obfuscator.detectors import ObeyedDetector
from passerby.train.obfuscator.fresh_attack import AttackSettings, fresh_attack, pairs_of
from passerby.train.obfuscator.pool import CropPool, CropSet, as_tensor

__all__ = [
    "Candidate",
    "Chosen",
    "check_detectors",
    "measure_candidate",
    "obfuscator_of",
    "person_precision",
]

_Images = npt.NDArray[np.uint8]
"""Shape (N, H, W, 3), RGB."""

_AT_ONCE = 32
_CONFIDENT = 0.3
"""Score from which what a detector finds in clear crops is there to be found."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Figures of an obfuscator.

    Attributes:
        precision: Person AP at IoU 0.5 of each detector on held-out crops; what it finds in clear
            crops is what there is to find.
        explained: What a fresh attacker explains of held-out people.
    """

    precision: tuple[float, ...]
    explained: float

    def rating(self, limit: float) -> tuple[float, float]:
        """Put those first that keep the limit; of these, those in which people are found best."""
        if self.explained <= limit:
            return 1.0, float(np.nan_to_num(np.mean(self.precision)))
        return 0.0, -self.explained


class Chosen(nn.Module):
    """The best obfuscator so far; part of the state on disk.

    Args:
        network: Of the same kind; it is copied.
        figures: How many are kept with it.
        ratings: How many numbers say how good it is, the first of them first.
    """

    considered: Tensor
    step: Tensor
    rating: Tensor
    figures: Tensor

    def __init__(self, network: Obfuscator, *, figures: int, ratings: int = 1) -> None:
        super().__init__()
        self.network = averaged_copy(network)
        self.register_buffer("considered", torch.zeros((), dtype=torch.long))
        self.register_buffer("step", torch.zeros((), dtype=torch.long))
        self.register_buffer("rating", torch.zeros(ratings, dtype=torch.float64))
        self.register_buffer("figures", torch.zeros(figures, dtype=torch.float64))

    def consider(
        self,
        step: int,
        rating: Sequence[float],
        figures: Sequence[float],
        network: Obfuscator,
    ) -> None:
        """Keep a network if it is the first, or rated higher than the one that is kept.

        Args:
            step: Steps or epochs after which it was measured.
            rating: How good it is.
            figures: What is known about it.
            network: With its weights.
        """
        first = int(self.considered) == 0
        self.considered.fill_(step)
        if not first and tuple(rating) <= tuple(self.rating.tolist()):
            return
        self.network.load_state_dict(network.state_dict())
        self.step.fill_(step)
        self.rating.copy_(torch.tensor(rating, dtype=torch.float64))
        self.figures.copy_(torch.tensor(figures, dtype=torch.float64).nan_to_num())


def measure_candidate(
    network: Obfuscator,
    pool: CropPool,
    detectors: Sequence[ObeyedDetector],
    attack: AttackSettings,
) -> Candidate:
    """Measure an obfuscator on held-out people, after its weights are frozen."""
    obfuscate = obfuscator_of(network)
    held_out = pairs_of(pool.held_out, obfuscate)
    found = fresh_attack(pairs_of(pool.train, obfuscate), held_out, attack)
    precision = tuple(
        person_precision(detector, pool.held_out.images, held_out.seen) for detector in detectors
    )
    return Candidate(precision, found.explained)


def obfuscator_of(network: Obfuscator) -> Callable[[_Images], _Images]:
    """Return a function that obfuscates pictures and rounds them to 8 bits."""
    device = next(network.parameters()).device

    @torch.no_grad()
    def obfuscate(images: _Images) -> _Images:
        learns = network.training
        network.eval()
        parts = [
            network(as_tensor(images[first : first + _AT_ONCE], device))
            for first in range(0, len(images), _AT_ONCE)
        ]
        network.train(learns)
        levels = (torch.cat(parts) * 255).round().clamp(0, 255).to(torch.uint8)
        seen: _Images = levels.permute(0, 2, 3, 1).cpu().numpy()
        return np.ascontiguousarray(seen)

    return obfuscate


def check_detectors(detectors: Sequence[ObeyedDetector], crops: CropSet) -> None:
    """Make sure that there is something to learn from each detector.

    Raises:
        InputError: If one finds nobody in crops that are aimed at people.
    """
    for detector in detectors:
        starts = range(0, len(crops), _AT_ONCE)
        parts = (as_tensor(crops.images[one : one + _AT_ONCE], detector.device) for one in starts)
        if not any(len(found) for part in parts for found in _confident(detector, part)):
            raise InputError(
                f"{detector.name} finds nobody in the training data: choose another detector, or "
                "give other data"
            )


def _confident(detector: ObeyedDetector, images: Tensor) -> list[Boxes]:
    found = detector.network.decoded(images)
    return [one.boxes[one.scores >= _CONFIDENT] for one in found]


def person_precision(detector: ObeyedDetector, clear: _Images, seen: _Images) -> float:
    """Return the person AP on obfuscated crops, where clear ones say who is there.

    Returns:
        0-1, or NaN where the detector finds nobody in the clear crops.
    """
    answers = []
    for first in range(0, len(clear), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        wanted = _confident(detector, as_tensor(clear[some], detector.device))
        found = detector.network.decoded(as_tensor(seen[some], detector.device))
        answers += [match_detections(*pair) for pair in zip(found, wanted, strict=True)]
    return average_precision(curve(rank(answers)))
