"""What a table of a paper comes down to: cases that are measured, and what is compared with what.

An experiment does not know what its cases are: its `Study` does.
"""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from passerby.errors import ConfigError
from passerby.registry import Registry
from passerby.reproduce.claims import value_of

if TYPE_CHECKING:
    from passerby.reproduce.measurement import Measurement
    from passerby.reproduce.request import Request
    from passerby.reproduce.workspace import Workspace

__all__ = [
    "EXPERIMENTS",
    "STUDIES",
    "Case",
    "CaseProgress",
    "Change",
    "Experiment",
    "Line",
    "Study",
    "Warn",
    "published",
]

CaseProgress = Callable[[str, int, int], None]
"""Told what is done, and how many of how many."""

Warn = Callable[[str], None]
"""Told what a user must know at once, in one line."""


class Case(Protocol):
    """What is measured, once a seed: a frozen dataclass of plain values."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __hash__(self) -> int: ...

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names of the data that it needs."""

    @property
    def network(self) -> Hashable:
        """What is trained for it; cases of the same network share its trainings."""

    @property
    def model(self) -> str:
        """What kind of network that is."""

    @property
    def setting(self) -> str:
        """How it is tested; figures of one network and setting scatter alike."""

    @property
    def file_name(self) -> str:
        """It in letters that files may be named with, without doubt."""


class Study(Protocol):
    """What the experiments of one field have in common."""

    @property
    def name(self) -> str:
        """As it stands in measurements."""

    @property
    def case(self) -> Callable[..., Case]:
        """Makes a case of what stands in a measurement."""

    @property
    def unit(self) -> str:
        """Of levels, as a page says it."""

    @property
    def items(self) -> str:
        """What figures are means over."""

    @property
    def groups(self) -> str:
        """What is drawn with replacement for intervals: items of one group belong together."""

    def measure(
        self, request: "Request", workspace: "Workspace", progress: CaseProgress, warn: Warn
    ) -> None:
        """Measure all cases that are asked for and not measured yet.

        Raises:
            PasserbyError: If something cannot be read, trained or written.
        """

    def alike(self, measured: "Measurement") -> Mapping[tuple[str, str], object]:
        """What must be the same in all measurements of an answer, by what it is and its name."""

    def missing(self, case: Case, there: Collection[str]) -> str:
        """Why a case cannot be run with the data ``there``, and what to give; empty if it can."""

    def provenance(self, measured: "Measurement") -> Iterator[tuple[str, str]]:
        """What else is needed to run it again: what it is, and Markdown."""

    def sections(self, measurements: Sequence["Measurement"]) -> Iterator[str]:
        """Parts of the page that only this field has, as Markdown."""
        del measurements
        yield from ()

    def notes(self, measurements: Sequence["Measurement"]) -> list[str]:
        """What whoever reads the answer must know of the data that were used."""
        del measurements
        return []


@dataclass(frozen=True)
class Line:
    """A case and where it stands in the paper.

    Attributes:
        row: Of the table, as printed; with the data set where rows are of several tables.
        setting: What it was trained on and tested on, as the columns of the table say it.
        case: What is done.
        published: Figures of the paper by name.
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
        study: What it is about.
        lines: What is measured, in the order of the table.
        changes: What is compared.
        figures: Figures that the table has, in its order.
        paired: Those of which single items are kept, for paired tests.
        notes: What whoever reads the answer must know.
        digits: Of levels in a page, after the point.
    """

    name: str
    title: str
    paper: str
    source: str
    study: Study
    lines: tuple[Line, ...]
    changes: tuple[Change, ...]
    figures: tuple[str, ...] = ("mAP", "rank1")
    paired: tuple[str, ...] = ("mAP", "rank1")
    notes: tuple[str, ...] = ()
    digits: int = 1

    @property
    def rows(self) -> tuple[str, ...]:
        """Names of the rows, in the order of the table."""
        return tuple(dict.fromkeys(line.row for line in self.lines))

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names of the data that it needs."""
        return tuple(dict.fromkeys(name for line in self.lines for name in line.case.datasets))

    @property
    def trainings(self) -> tuple[Hashable, ...]:
        """The networks that it takes to train, a seed each; see `Case.network`."""
        networks = dict.fromkeys(line.case.network for line in self.lines)
        return tuple(network for network in networks if network is not None)

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

STUDIES: Registry[Study] = Registry("field of study")
"""What they are about."""


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
