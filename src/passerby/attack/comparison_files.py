"""A comparison of anonymizers as files: figures, a plot, and the report of each."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from passerby.attack.comparison import (
    COMPARISON_COLUMNS,
    ComparedAnonymizer,
    compared_rows,
    comparison_record,
)
from passerby.attack.frontier_plot import draw_frontier
from passerby.attack.run import write_attack
from passerby.evaluate.reid.curves import check_can_draw
from passerby.evaluate.reid.result_files import write_json
from passerby.evaluate.tables import as_csv
from passerby.files.partial import write_text
from passerby.runtime.provenance import versions

__all__ = ["check_can_compare", "write_comparison"]

_PLOT = "frontier.png"


def check_can_compare() -> None:
    """Find out before the work whether all files can be written.

    Raises:
        ConfigError: If matplotlib is not installed.
    """
    check_can_draw(Path(_PLOT))


def write_comparison(
    compared: Sequence[ComparedAnonymizer], folder: Path, names: Mapping[str, str]
) -> None:
    """Write all files into a folder that exists.

    Args:
        compared: One anonymizer or more.
        folder: Where to.
        names: Of the folder of each anonymizer's report.

    Raises:
        OutputError: If a file cannot be written.
    """
    write_json(folder / "frontier.json", comparison_record(compared, versions()))
    write_text(folder / "frontier.csv", as_csv(COMPARISON_COLUMNS, compared_rows(compared)))
    draw_frontier(folder / _PLOT, compared)
    for one in compared:
        own = folder / names[one.name]
        own.mkdir()
        write_attack(one.report, own)
