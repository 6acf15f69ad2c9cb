"""How obfuscators and filters that tables need are trained."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from passerby.models.cards import Scale
from passerby.registry import Registry
from passerby.reproduce.experiment import CaseProgress
from passerby.types import Image

__all__ = ["TRAINERS", "Trained", "Trainer", "TrainingOrder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOrder:
    """What is to be trained.

    Attributes:
        clip: What to learn from; None where pictures are drawn.
        detector: Name or path of the network to be trained against; empty where one is trained
            along.
        width: Share of the channels.
        variant: Of a filter; empty for none.
        pictures: Of a filter: ``squares`` or ``top-down``.
        scale: ``paper`` for the published schedule, ``quick`` for a short one.
        seed: Of everything.
    """

    clip: Path | None = None
    detector: str = ""
    width: float = 1.0
    variant: str = ""
    pictures: str = ""
    scale: Scale = "quick"
    seed: int = 0


@dataclass(frozen=True)
class Trained:
    """What comes out of a training.

    Attributes:
        obfuscate: Turns a frame into one of 8 bits, both BGR of shape (height, width, 3).
        figures: Those that the training measured itself on pictures kept apart, by name.
        facts: What to know of it, as plain values: ``recipe``, and ``made_by`` with ``commit`` and
            ``machine``.
    """

    obfuscate: Callable[[Image], Image]
    figures: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


class Trainer(Protocol):
    """Trains by one recipe."""

    def fingerprint(self, order: TrainingOrder) -> str:
        """Hash all that the outcome depends on, but for the machine."""

    def train(self, order: TrainingOrder, folder: Path, progress: CaseProgress) -> Trained:
        """Train, go on with what was begun in the folder, or read what is finished there.

        Raises:
            PasserbyError: If something cannot be read, trained or written.
        """


TRAINERS: Registry[Trainer] = Registry("recipe of an obfuscator")
"""By the names of recipes."""
