"""A comparison of anonymizers as files: figures, a plot, and the report of each."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from passerby.attack.comparison import (
    COMPARISON_COLUMNS,
    ComparedAnonymizer,
    compared_rows,
    comparison_record,
)
from passerby.attack.frontier_plot import draw_frontier
from passerby.evaluate.reid.curves import check_can_draw
from passerby.evaluate.reid.result_files import write_json
from passerby.evaluate.tables import as_csv
from passerby.files.partial import REPLACING, write_text

__all__ = ["check_can_compare", "write_comparison"]

_PLOT = "frontier.png"


def check_can_compare() -> None:
    """Find out before the work whether all files can be written.

    Raises:
        ConfigError: If matplotlib is not installed.
    """
    check_can_draw(Path(_PLOT))


def write_comparison(
    compared: Sequence[ComparedAnonymizer], subject: Mapping[str, Any], folder: Path
) -> None:
    """Write figures and plot into a folder that exists, over those of fewer anonymizers.

    Args:
        compared: One anonymizer or more.
        subject: See `comparison_record`.
        folder: Where to.

    Raises:
        OutputError: If a file cannot be written.
    """
    write_json(folder / "frontier.json", comparison_record(compared, subject), REPLACING)
    rows = as_csv(COMPARISON_COLUMNS, compared_rows(compared))
    write_text(folder / "frontier.csv", rows, REPLACING)
    draw_frontier(folder / _PLOT, compared)
