"""Where everything lies in the folder of a reproduction."""

from dataclasses import dataclass
from pathlib import Path

from passerby.reproduce.experiment import Case

__all__ = ["Workspace"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of a reproduction; all tables can share one, and with it their trainings.

    What lies in ``measurements`` and the answers are text and hold no picture of anybody.

    Attributes:
        root: The folder.
    """

    root: Path

    def original(self, dataset: str) -> Path:
        """What the pictures of a data set are."""
        return self.root / "originals" / f"{dataset}.json"

    def faces(self, dataset: str) -> Path:
        """The boxes of the faces of a data set."""
        return self.root / "faces" / f"{dataset}.json"

    def twin(self, dataset: str, condition: str) -> Path:
        """The images of a data set under a condition."""
        return self.root / "twins" / dataset / condition

    def training(self, name: str) -> Path:
        """What one training leaves behind."""
        return self.root / "trainings" / name

    @property
    def measurements(self) -> Path:
        """The folder of all figures, one file a case and seed."""
        return self.root / "measurements"

    def measurement(self, case: Case, scale: str, seed: int) -> Path:
        """The figures of a case."""
        return self.measurements / scale / f"{case.file_name}.seed{seed}.json"

    def answer(self, experiment: str, scale: str, suffix: str) -> Path:
        """The answer to a table, in one of its forms."""
        return self.root / f"{experiment}-{scale}{suffix}"
