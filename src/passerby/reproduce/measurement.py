"""What was measured of a case with one seed, as a file that says how it was made."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.errors import InputError
from passerby.evaluate.reid.results import Result
from passerby.evaluate.statistics import Figures
from passerby.files.partial import REPLACING, write_text
from passerby.files.plain import read_json
from passerby.reproduce.experiment import Case

__all__ = [
    "BY_QUERY",
    "Measurement",
    "figures_of",
    "read_measurement",
    "read_measurements",
    "write_measurement",
]

BY_QUERY = ("mAP", "rank1")
"""Figures of which those of single queries are kept, for paired tests."""

_DIGITS = 6
"""Of figures of single queries."""


@dataclass(frozen=True, eq=False)
class Measurement:
    """Figures of a case with one seed.

    Attributes:
        case: What was done.
        scale: ``paper`` or ``quick``.
        seed: Of the training.
        made_from: Hashes of the training, of the images and of the rules; where they are alike,
            the figures need not be measured again.
        figures: In percent, by name.
        identities: Shape (n,), who is asked for.
        by_query: In percent, shape (n,) by name, NaN where a query has no match.
        training: How the network was trained.
        faces: Who looked for faces, and how often one was found; None where none were looked for.
        stamp: Command, commit, machine and versions.
    """

    case: Case
    scale: str
    seed: int
    made_from: Mapping[str, Any]
    figures: Mapping[str, float]
    identities: npt.NDArray[np.int64]
    by_query: Mapping[str, Figures]
    training: Mapping[str, Any]
    faces: Mapping[str, Any] | None
    stamp: Mapping[str, Any]


def figures_of(result: Result) -> tuple[dict[str, float], dict[str, Figures]]:
    """Return the figures of an evaluation in percent, of all queries and of single ones."""
    summary = result.summary()
    names = "mAP", "mAP_trapezoid", "rank1", "rank5", "rank10", "mINP"
    figures = {name: 100 * summary[name] for name in names if name in summary}
    by_query = {"mAP": 100 * result.average_precision, "rank1": 100 * result.matched[:, 0]}
    return figures, by_query


def write_measurement(path: Path, measured: Measurement) -> None:
    """Write a measurement as JSON, a line for each part; NaN becomes null.

    Raises:
        OutputError: If it cannot be written.
    """
    queries = {name: _rounded(column) for name, column in measured.by_query.items()}
    content = {
        "case": asdict(measured.case),
        "scale": measured.scale,
        "seed": measured.seed,
        "made_from": dict(measured.made_from),
        "figures": {name: round(value, _DIGITS) for name, value in measured.figures.items()},
        "training": dict(measured.training),
        "faces": None if measured.faces is None else dict(measured.faces),
        "stamp": dict(measured.stamp),
        "queries": {"identity": measured.identities.tolist(), **queries},
    }
    lines = (f"{json.dumps(name)}: {json.dumps(part)}" for name, part in content.items())
    write_text(path, "{\n" + ",\n".join(lines) + "\n}\n", REPLACING)


def read_measurement(path: Path) -> Measurement:
    """Read what `write_measurement` wrote.

    Raises:
        InputError: If it cannot be read, or is no measurement.
    """
    try:
        content = read_json(path)
        queries = content["queries"]
        return Measurement(
            case=Case(**content["case"]),
            identities=np.array(queries["identity"], np.int64),
            by_query={name: np.array(queries[name], np.float64) for name in BY_QUERY},
            **{
                name: content[name]
                for name in ("scale", "seed", "made_from", "figures", "training", "faces", "stamp")
            },
        )
    except (OSError, ValueError, TypeError, KeyError):
        raise InputError(f"{path} is no measurement: remove it and run its table again") from None


def read_measurements(folder: Path) -> list[Measurement]:
    """Read all measurements below a folder, in the order of their names.

    Raises:
        InputError: If one cannot be read, or there is none.
    """
    files = sorted(folder.rglob("*.json"))
    if not files:
        raise InputError(f"{folder} holds no measurements: run a table with -o {folder.parent}")
    return [read_measurement(file) for file in files]


def _rounded(column: Figures) -> list[float | None]:
    return [None if np.isnan(value) else round(value, _DIGITS) for value in column.tolist()]
