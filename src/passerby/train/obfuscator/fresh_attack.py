"""An attack by somebody who has the obfuscator: a network trained anew, after it is frozen.

Attackers that learn beside an obfuscator lag behind it, so what they explain is no evidence. This
one knows unlimited pairs of clear and obfuscated pictures, and what the camera shows in the mean.
What it explains of people whom it has never seen is what leaks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from passerby.errors import ConfigError
from passerby.models.obfuscators import UNet
from passerby.train.obfuscator.pool import CropSet, as_tensor
from passerby.train.obfuscator.privacy import weighted_error

__all__ = [
    "AttackPairs",
    "AttackSettings",
    "FreshAttack",
    "FreshAttacker",
    "boxes_only",
    "fresh_attack",
    "fresh_attacker",
    "pairs_of",
]

_Images = npt.NDArray[np.uint8]
"""Shape (N, H, W, 3), RGB."""


@dataclass(frozen=True, eq=False)
class AttackPairs:
    """Pictures before and after obfuscation, H and W multiples of 8. They stay in memory.

    Attributes:
        clear: Shape (N, H, W, 3), RGB, uint8.
        seen: Likewise, obfuscated.
        mean: Likewise, what the camera shows in the mean.
        people: Shape (N, H, W), bool: which pixels show people.
    """

    clear: _Images
    seen: _Images
    mean: _Images
    people: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        shape = self.clear.shape
        if self.seen.shape != shape or self.mean.shape != shape or self.people.shape != shape[:3]:
            raise ConfigError(
                f"clear pictures have shape {shape}, obfuscated ones {self.seen.shape}, means "
                f"{self.mean.shape} and people {self.people.shape}: give the same N, H and W"
            )
        if not self.people.any():
            raise ConfigError("no pixel of the pairs shows people: mark them")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackSettings:
    """How the attacker learns.

    Attributes:
        size: Of its U-Net.
        steps: Batches that it learns from.
        batch: Pictures a step.
        rate: Adam's learning rate; it follows a cosine to 0.
        measured: How often it is measured on the way.
        seed: Of its weights and batches.
    """

    size: Literal["small", "medium", "large"] = "medium"
    steps: int = 1000
    batch: int = 8
    rate: float = 2e-3
    measured: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.steps, self.batch, self.measured) < 1:
            raise ConfigError(
                f"an attack of {self.steps} steps of {self.batch} pictures, measured "
                f"{self.measured} times, cannot be made: give at least 1 of each"
            )


@dataclass(frozen=True, slots=True)
class FreshAttack:
    """What a fresh attacker found out about people whom it has never seen.

    Attributes:
        curve: Steps, and the explained variance of people's pixels against their mean colour after
            so many. An attack whose curve still rises at its end has not found all.
        explained: At the end; 1 is everything, 0 no more than the mean colour of people.
        everywhere: Likewise of all pixels, against the camera's mean picture.
    """

    curve: tuple[tuple[int, float], ...]
    explained: float
    everywhere: float


@dataclass(frozen=True, slots=True, eq=False)
class FreshAttacker:
    """An attacker who has learned, and what it found out.

    Attributes:
        found: On pictures of people whom it has never seen.
        network: Takes obfuscated pictures and means, and rebuilds the clear ones.
    """

    found: FreshAttack
    network: nn.Module

    @torch.no_grad()
    def __call__(self, seen: _Images, mean: _Images) -> _Images:
        """Rebuild pictures.

        Args:
            seen: Obfuscated pictures, shape (N, H, W, 3), H and W multiples of 8.
            mean: What the camera shows in the mean, likewise.
        """
        place = next(self.network.parameters()).device
        self.network.eval()
        rebuilt = self.network(as_tensor(seen, place), as_tensor(mean, place))
        levels = (rebuilt * 255).round().clamp(0, 255).to(torch.uint8)
        images: _Images = levels.permute(0, 2, 3, 1).cpu().numpy()
        return images


def fresh_attack(
    train: AttackPairs,
    test: AttackPairs,
    settings: AttackSettings | None = None,
    *,
    device: torch.device | None = None,
    progress: Callable[[int], None] = lambda _steps: None,
) -> FreshAttack:
    """Train an attacker and measure it; see `fresh_attacker`."""
    return fresh_attacker(train, test, settings, device=device, progress=progress).found


def fresh_attacker(
    train: AttackPairs,
    test: AttackPairs,
    settings: AttackSettings | None = None,
    *,
    device: torch.device | None = None,
    progress: Callable[[int], None] = lambda _steps: None,
) -> FreshAttacker:
    """Train an attacker, measure it, and keep it.

    Args:
        train: What it learns from.
        test: Of other people.
        settings: How it learns.
        device: To compute on.
        progress: Told how many steps are done.
    """
    chosen, place = settings or AttackSettings(), device or torch.device("cpu")
    colour = _person_colour(train).to(place)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(chosen.seed)
        attacker = _Attacker(chosen.size).to(place).train()
    optimizer = torch.optim.Adam(attacker.parameters(), lr=chosen.rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, chosen.steps)
    due = {round(chosen.steps * part / chosen.measured) for part in range(1, chosen.measured + 1)}
    curve: list[tuple[int, float]] = []
    everywhere = 0.0
    for step in range(1, chosen.steps + 1):
        rng = np.random.default_rng([chosen.seed, 71, step])
        picked = rng.integers(len(train.clear), size=chosen.batch)
        _teach(attacker, optimizer, _tensors(train, picked, place), colour)
        schedule.step()
        if step in due:
            explained, everywhere = _measured(attacker, test, colour, chosen.batch, place)
            curve.append((step, explained))
        progress(step)
    return FreshAttacker(FreshAttack(tuple(curve), curve[-1][1], everywhere), attacker)


def pairs_of(crops: CropSet, obfuscate: Callable[[_Images], _Images]) -> AttackPairs:
    """Obfuscate crops.

    Args:
        crops: Clear.
        obfuscate: From pictures of shape (N, H, W, 3), RGB, uint8, to their like.
    """
    return AttackPairs(crops.images, obfuscate(crops.images), crops.means, crops.people)


def boxes_only(crops: CropSet) -> AttackPairs:
    """Show white boxes on black: what any obfuscator leaks that keeps people detectable."""
    seen = np.zeros_like(crops.images)
    for picture, boxes in zip(seen, crops.boxes, strict=True):
        for x0, y0, x1, y1 in boxes.round().astype(int):
            picture[y0:y1, x0:x1] = 255
    return pairs_of(crops, lambda _images: seen)


class _Attacker(nn.Module):
    """A U-Net that is given the obfuscated picture and the camera's mean."""

    def __init__(self, size: Literal["small", "medium", "large"]) -> None:
        super().__init__()
        self.network = UNet(size=size, inputs=6)

    def forward(self, seen: Tensor, mean: Tensor) -> Tensor:
        return self.network.transform(torch.cat([seen, mean], dim=1))


def _tensors(
    pairs: AttackPairs, picked: npt.NDArray[np.int64], device: torch.device
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    clear, seen, mean = (
        as_tensor(images[picked], device) for images in (pairs.clear, pairs.seen, pairs.mean)
    )
    people = torch.from_numpy(pairs.people[picked]).to(device)[:, None].float()
    return clear, seen, mean, people


def _teach(
    attacker: _Attacker,
    optimizer: torch.optim.Optimizer,
    batch: tuple[Tensor, Tensor, Tensor, Tensor],
    colour: Tensor,
) -> None:
    """Let it learn to rebuild people, and a little of the rest, which helps."""
    clear, seen, mean, people = batch
    rebuilt = attacker(seen, mean)
    spread = weighted_error(clear, colour, people).clamp(min=1e-4)
    everywhere = torch.ones_like(people)
    loss = weighted_error(clear, rebuilt, people) / spread
    loss = loss + 0.1 * weighted_error(clear, rebuilt, everywhere) / clear.var().clamp(min=1e-4)
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()


@torch.no_grad()
def _measured(
    attacker: _Attacker, test: AttackPairs, colour: Tensor, batch: int, device: torch.device
) -> tuple[float, float]:
    """Return what it explains of people, and of everything; over all test pictures as one."""
    attacker.eval()
    errors = np.zeros(4)
    for first in range(0, len(test.clear), batch):
        picked = np.arange(first, min(first + batch, len(test.clear)))
        clear, seen, mean, people = _tensors(test, picked, device)
        rebuilt = attacker(seen, mean)
        everywhere = torch.ones_like(people)
        errors += [
            float(weighted_error(clear, other, weights) * weights.sum())
            for weights in (people, everywhere)
            for other in (rebuilt, colour if weights is people else mean)
        ]
    attacker.train()
    wrong, varied, wrong_everywhere, varied_everywhere = (float(error) for error in errors)
    return 1 - wrong / max(varied, 1e-9), 1 - wrong_everywhere / max(varied_everywhere, 1e-9)


def _person_colour(pairs: AttackPairs) -> Tensor:
    """Return the mean colour of people in the training pairs, shape (3, 1, 1)."""
    mean = pairs.clear[pairs.people].mean(axis=0, dtype=np.float64) / 255
    return torch.from_numpy(mean).float()[:, None, None]
