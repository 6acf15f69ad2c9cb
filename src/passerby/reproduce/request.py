"""What somebody asks to be measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from passerby.errors import ConfigError
from passerby.models.cards import Scale
from passerby.reproduce.experiment import Experiment

__all__ = ["Request"]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for.

    Attributes:
        experiment: The table.
        roots: Folders of the data sets that are there, by name.
        scale: ``paper`` as published, or ``quick``.
        seeds: Of the trainings.
        rows: Of the table; all if none is named.
        weights: What networks start from.
        workers: Processes that anonymize, and threads that prepare batches.
        detectors: Who plays the paper's detectors, by role: names or paths of models.
        command: How it was asked for, for the record.

    Raises:
        ConfigError: If a data set or a row is not one of the table's, or no row that is asked for
            has its data set.
    """

    experiment: Experiment
    roots: Mapping[str, Path]
    scale: Scale = "quick"
    seeds: tuple[int, ...] = (0,)
    rows: tuple[str, ...] = ()
    weights: str = "scratch"
    workers: int = 1
    detectors: Mapping[str, str] = field(default_factory=dict)
    command: str = ""

    def __post_init__(self) -> None:
        needed = ", ".join(self.experiment.datasets)
        for name in self.roots:
            if name not in self.experiment.datasets:
                raise ConfigError(f"{self.experiment.name} is about {needed}, not {name}")
        if needed and not self.roots:
            raise ConfigError(f"{self.experiment.name} needs --data NAME=ROOT with {needed}")
        wanted = [set(line.case.datasets) for line in self.experiment.chosen(self.rows)]
        if not any(names <= self.roots.keys() for names in wanted):
            lacking = sorted(min(names - self.roots.keys() for names in wanted))
            raise ConfigError(f"these rows need --data {lacking[0]}=ROOT")
