"""What papers claim, number by number, as data."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from passerby.errors import ConfigError

__all__ = ["PAPERS", "Claim", "claims", "value_of"]

PAPERS = ("van-rooijen", "dietlmeier", "de-coninck", "johansson-lundberg")
"""Names of the papers, which are those of the files."""

_FIGURES = {"mAP": "mean average precision", "rank1": "queries whose nearest image is right"}
SETTINGS = {
    "original/original": "trained and tested on original images",
    "original/anonymized": "trained on original and tested on anonymized images",
    "anonymized/anonymized": "trained and tested on anonymized images",
}
USUAL = {
    "unit": "%",
    "columns": [f"{setting} {figure}" for setting in SETTINGS for figure in _FIGURES],
    "means": [f"{means}, {how}" for how in SETTINGS.values() for means in _FIGURES.values()],
}
"""What the columns of a table are where its file does not say it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One number of a paper.

    Attributes:
        paper: One of `PAPERS`.
        table: As the paper calls it; a section for what stands in the text.
        row, column: Where in the table.
        value: As printed.
        unit: Of the value.
        meaning: What it is, in words.
    """

    paper: str
    table: str
    row: str
    column: str
    value: float
    unit: str
    meaning: str


@cache
def claims(paper: str) -> tuple[Claim, ...]:
    """Return every number of a paper's tables, in the order of the paper.

    Raises:
        ConfigError: If there is no such paper.

    Example:
        >>> first = claims("dietlmeier")[0]
        >>> first.table, first.row, first.column, first.value
        ('Table I', 'BoT', 'Market1501 mAP', 94.2)
    """
    if paper not in PAPERS:
        raise ConfigError(f"unknown paper {paper!r}: choose one of {', '.join(PAPERS)}")
    text = (resources.files(__name__) / f"{paper}.toml").read_text(encoding="utf-8")
    return tuple(
        claim for table in tomllib.loads(text)["tables"] for claim in _of_table(paper, table)
    )


def _of_table(paper: str, table: Mapping[str, Any]) -> Iterator[Claim]:
    described = {**USUAL, **table}
    units = table.get("units") or [described["unit"]] * len(described["columns"])
    for row, values in table["rows"].items():
        cells = zip(described["columns"], described["means"], units, values, strict=True)
        for column, meaning, unit, value in cells:
            if value != "":
                yield Claim(paper, table["name"], row, column, float(value), unit, meaning)


def value_of(paper: str, table: str, row: str, column: str) -> float | None:
    """Return the number in one cell of a table; None if the paper has none there.

    Raises:
        ConfigError: If there is no such paper.

    Example:
        >>> value_of("van-rooijen", "Table 2", "Black out", "mAP")
        78.2
    """
    return _cells(paper).get((table, row, column))


@cache
def _cells(paper: str) -> dict[tuple[str, str, str], float]:
    return {(claim.table, claim.row, claim.column): claim.value for claim in claims(paper)}
