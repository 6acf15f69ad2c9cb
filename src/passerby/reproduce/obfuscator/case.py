"""What is measured of obfuscators and filters."""

from collections.abc import Hashable
from dataclasses import dataclass

__all__ = ["CostCase", "FilterCase", "ObfuscationCase"]


@dataclass(frozen=True, slots=True)
class ObfuscationCase:
    """Frames of one camera, obfuscated by one method and judged by one detector.

    Attributes:
        method: A recipe of `TRAINERS`; or what takes no training: a preset of
            `passerby.anonymization`, or one of `passerby.reproduce.obfuscator.methods.BASELINES`.
        tested_on: Name of a clip.
        judge: Name of a detector's role, see `passerby.reproduce.obfuscator.detectors`.
        trained_on: Name of the clip that the method was trained on, if it was.
        detector: Role of the detector that it was trained against, if it was.
        width: Share of its channels.
    """

    method: str
    tested_on: str
    judge: str
    trained_on: str = ""
    detector: str = ""
    width: float = 1.0

    @property
    def datasets(self) -> tuple[str, ...]:
        """The clips that it needs."""
        return (*([self.trained_on] if self.trained_on else []), self.tested_on)

    @property
    def network(self) -> Hashable:
        """What is trained, once a seed; None if nothing is."""
        if not self.trained_on:
            return None
        return self.method, self.trained_on, self.detector, self.width

    @property
    def model(self) -> str:
        """The method and its width."""
        return f"{self.method} {self.width:g}"

    @property
    def setting(self) -> str:
        """How it is tested."""
        return f"{self.tested_on} {self.judge}"

    @property
    def file_name(self) -> str:
        """All of it."""
        trained = f"{self.trained_on}.{self.detector}.width{self.width:g}" if self.network else ""
        parts = (self.method, trained, self.tested_on, self.judge)
        return ".".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class CostCase:
    """A network whose multiplications and weights are counted.

    Attributes:
        model: Name of an obfuscator of `passerby.models.obfuscators`.
    """

    model: str

    @property
    def datasets(self) -> tuple[str, ...]:
        """It needs none."""
        return ()

    @property
    def network(self) -> Hashable:
        """Nothing is trained."""
        return None

    @property
    def setting(self) -> str:
        """Nothing is tested."""
        return ""

    @property
    def file_name(self) -> str:
        """The network."""
        return f"cost.{self.model}"


@dataclass(frozen=True, slots=True)
class FilterCase:
    """A filter of Johansson and Lundberg with its detector and re-ID, or these without a filter.

    Attributes:
        variant: Such as ``R1``; empty without a filter.
        pictures: ``squares``, or ``top-down``: people seen from above.
    """

    variant: str
    pictures: str

    @property
    def datasets(self) -> tuple[str, ...]:
        """The pictures: squares are drawn, people from above too unless somebody has them."""
        return ()

    @property
    def network(self) -> Hashable:
        """What is trained, once a seed."""
        return "johansson-lundberg", self.variant, self.pictures

    @property
    def model(self) -> str:
        """The variant."""
        return self.variant or "no filter"

    @property
    def setting(self) -> str:
        """What it is tested on."""
        return self.pictures

    @property
    def file_name(self) -> str:
        """All of it."""
        return f"filter.{self.variant or 'none'}.{self.pictures}"
