"""What a table of a paper comes down to: trainings, tests, and what is compared with what."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from passerby.errors import ConfigError
from passerby.evaluate.reid.protocol import Protocol
from passerby.matching.reranking import Reranking
from passerby.registry import Registry
from passerby.reproduce.claims import value_of

__all__ = [
    "EXPERIMENTS",
    "ORIGINAL",
    "RULES",
    "Case",
    "Change",
    "Experiment",
    "Line",
    "published",
]

ORIGINAL = "original"
"""The condition of images that are as they were; all others are names of presets."""

Rules = Literal["cosine", "euclidean", "cosine-reranked"]

RULES: Mapping[Rules, Protocol] = MappingProxyType(
    {
        "cosine": Protocol(distance="cosine"),
        "euclidean": Protocol(distance="euclidean"),
        "cosine-reranked": Protocol(distance="cosine", reranking=Reranking()),
    }
)
"""How signatures are compared; whether the query's camera counts is for the data set to say."""


@dataclass(frozen=True, slots=True)
class Case:
    """One network, trained on images of one condition and tested on those of another.

    Attributes:
        dataset: One of `passerby.datasets.DATASETS`.
        model: One of `passerby.models.reid.REID_MODELS`.
        trained_on, tested_on: `ORIGINAL`, or the name of a preset of `passerby.anonymization`.
        rules: One of `RULES`.
    """

    dataset: str
    model: str
    trained_on: str
    tested_on: str
    rules: Rules

    @property
    def network(self) -> tuple[str, str, str]:
        """What is trained, once a seed: data set, model and condition."""
        return self.dataset, self.model, self.trained_on


@dataclass(frozen=True)
class Line:
    """A case and where it stands in the paper.

    Attributes:
        row: Of the table, as printed; with the data set where rows are of several tables.
        setting: What it was trained on and tested on, as the columns of the table say it.
        case: What is done.
        published: Figures of the paper by name, in percent.
    """

    row: str
    setting: str
    case: Case
    published: Mapping[str, float]


@dataclass(frozen=True)
class Change:
    """An effect that the paper speaks of: one line less another one.

    Attributes:
        what: What is changed; effects of the same name are alike.
        before, after: The two lines.
    """

    what: str
    before: Line
    after: Line

    @property
    def of_one_network(self) -> bool:
        """Whether one network is tested twice, rather than two networks."""
        return self.before.case.network == self.after.case.network


@dataclass(frozen=True)
class Experiment:
    """A table of a paper.

    Attributes:
        name: What it is called in commands and files.
        title: What it is, in one line.
        paper: One of `passerby.reproduce.claims.PAPERS`.
        source: The paper and its table, for people.
        lines: What is measured, in the order of the table.
        changes: What is compared.
        figures: Figures that the table has, in its order.
        notes: What whoever reads the answer must know.
    """

    name: str
    title: str
    paper: str
    source: str
    lines: tuple[Line, ...]
    changes: tuple[Change, ...]
    figures: tuple[str, ...] = ("mAP", "rank1")
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[str, ...]:
        """Names of the rows, in the order of the table."""
        return tuple(dict.fromkeys(line.row for line in self.lines))

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names of the data sets that it needs."""
        return tuple(dict.fromkeys(line.case.dataset for line in self.lines))

    @property
    def trainings(self) -> tuple[tuple[str, str, str], ...]:
        """The networks that it takes to train, a seed each; see `Case.network`."""
        return tuple(dict.fromkeys(line.case.network for line in self.lines))

    def chosen(self, rows: Collection[str]) -> tuple[Line, ...]:
        """Return the lines of some rows; of all if none is named.

        Args:
            rows: Names, in small letters or as printed; spaces may be hyphens.

        Raises:
            ConfigError: If there is no such row.
        """
        by_name = {_simple(row): row for row in self.rows}
        for row in rows:
            if _simple(row) not in by_name:
                known = ", ".join(by_name)
                raise ConfigError(f"{self.name} has no row {row!r}: choose from {known}")
        wanted = {by_name[_simple(row)] for row in rows} or set(self.rows)
        return tuple(line for line in self.lines if line.row in wanted)


EXPERIMENTS: Registry[Experiment] = Registry("table")
"""All tables that can be reproduced."""


def published(paper: str, table: str, row: str, columns: Mapping[str, str]) -> dict[str, float]:
    """Return figures of a paper by name.

    Args:
        paper: One of `passerby.reproduce.claims.PAPERS`.
        table: As the paper calls it.
        row: Of the table.
        columns: Of the table, by the names of figures.
    """
    values = {figure: value_of(paper, table, row, column) for figure, column in columns.items()}
    return {figure: value for figure, value in values.items() if value is not None}


def _simple(row: str) -> str:
    return "-".join(row.lower().split())
