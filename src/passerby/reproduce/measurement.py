"""What was measured of a case with one seed, as a file that says how it was made."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, InputError
from passerby.evaluate.statistics import Figures
from passerby.files.partial import REPLACING, write_text
from passerby.files.plain import read_json
from passerby.reproduce.experiment import STUDIES, Case

__all__ = [
    "Measurement",
    "read_measurement",
    "read_measurements",
    "write_measurement",
]

_DIGITS = 6
"""Of figures."""


@dataclass(frozen=True, eq=False)
class Measurement:
    """Figures of a case with one seed.

    Attributes:
        study: One of `STUDIES`, which knows what the case is.
        case: What was done.
        scale: ``paper`` or ``quick``.
        seed: Of the training.
        made_from: Hashes of the training, of the data and of the rules; where they are alike,
            the figures need not be measured again.
        figures: By name, over all items.
        groups: Shape (n,), which items belong together: the person of a query, say.
        by_item: Shape (n,) by name, NaN where an item has no figure; the mean is the figure.
        training: How the network was trained.
        stamp: Command, commit, machine and versions.
    """

    study: str
    case: Case
    scale: str
    seed: int
    made_from: Mapping[str, Any]
    figures: Mapping[str, float]
    groups: npt.NDArray[np.int64]
    by_item: Mapping[str, Figures]
    training: Mapping[str, Any]
    stamp: Mapping[str, Any]


def write_measurement(path: Path, measured: Measurement) -> None:
    """Write a measurement as JSON, a line for each part; NaN becomes null.

    Raises:
        OutputError: If it cannot be written.
    """
    items = {name: _rounded(column) for name, column in measured.by_item.items()}
    content = {
        "study": measured.study,
        "case": asdict(measured.case),
        "scale": measured.scale,
        "seed": measured.seed,
        "made_from": dict(measured.made_from),
        "figures": {name: round(value, _DIGITS) for name, value in measured.figures.items()},
        "training": dict(measured.training),
        "stamp": dict(measured.stamp),
        "items": {"group": measured.groups.tolist(), **items},
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
        items = content["items"]
        return Measurement(
            case=STUDIES[content["study"]].case(**content["case"]),
            groups=np.array(items.pop("group"), np.int64),
            by_item={name: np.array(column, np.float64) for name, column in items.items()},
            **{
                name: content[name]
                for name in ("study", "scale", "seed", "made_from", "figures", "training", "stamp")
            },
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ConfigError):
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
