"""Figures of sequences as files: a row or an object for each, and one for all together."""

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from passerby.evaluate.tables import no_formula
from passerby.evaluate.tracking.evaluation import TrackingResult
from passerby.files.partial import ANEW, Permit, write_text

__all__ = ["as_table", "write_csv"]


def as_table(results: Mapping[str, TrackingResult]) -> str:
    """CSV with a heading; what is undefined is left empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for number, (name, result) in enumerate(results.items()):
        summary = result.summary()
        if number == 0:
            writer.writerow(["sequence", *summary])
        writer.writerow([no_formula(name), *(_shown(value) for value in summary.values())])
    return text.getvalue()


def _shown(value: float) -> Any:  # noqa: ANN401  (whatever the csv module takes)
    if math.isnan(value):
        return ""
    return value if isinstance(value, int) else f"{value:.6f}"


def write_csv(path: Path, results: Mapping[str, TrackingResult], permit: Permit = ANEW) -> None:
    """Write `as_table`.

    Raises:
        OutputError: If it cannot be written.
    """
    write_text(path, as_table(results), permit)
