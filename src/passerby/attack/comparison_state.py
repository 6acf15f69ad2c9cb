"""What a comparison has measured so far, in its folder: the same command resumes it."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self, TypeVar

from passerby.attack.attack import AttackFinding
from passerby.attack.comparison import ComparedAnonymizer
from passerby.attack.gate import ControlResult, Gate
from passerby.attack.report import AttackReport
from passerby.attack.run import Baseline, write_attack
from passerby.errors import ConfigError, InputError, OutputError
from passerby.evaluate.reid.result_files import write_json
from passerby.files.output_folder import OutputFolder
from passerby.files.partial_folder import PartialFolder
from passerby.files.plain import read_json
from passerby.files.unfinished import remove_stale

__all__ = ["ComparisonState", "folder_name"]

_Kept = TypeVar("_Kept")

_BASELINE = "baseline.json"
_ROW = "row.json"


class ComparisonState:
    """The folder of a comparison: its baseline, and a folder for each anonymizer that is done.

    Open it with `opened`. Whoever stops a comparison loses the anonymizer that was under attack.

    Args:
        folder: Which exists.
        subject: What figures depend on, beside the anonymizer; ready for JSON.
    """

    def __init__(self, folder: Path, subject: Mapping[str, Any]) -> None:
        self._folder = folder
        self._subject = dict(subject)

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, subject: Mapping[str, Any]) -> Iterator[Self]:
        """Make the folder, or take up the comparison in it, and keep other runs out.

        Raises:
            ConfigError: If the comparison was started on other people, or with other settings or
                versions.
            InputError: If what it has measured cannot be read.
            OutputError: If the folder cannot be made, holds anything else, or is in use.
        """
        if folder.is_dir() and any(folder.iterdir()) and not (folder / _BASELINE).is_file():
            raise OutputError(
                f"{folder} is not empty and holds no comparison: choose another folder"
            )
        place = OutputFolder.made(folder)
        with place.locked():
            remove_stale(folder)
            state = cls(folder, subject)
            state.baseline()
            yield state

    def baseline(self) -> Baseline | None:
        """Return what was found in controls and in boxes alone; None before that was measured.

        Raises:
            ConfigError: If it is of something else.
            InputError: If it cannot be read.
        """
        found = _read(self._folder / _BASELINE, _baseline)
        if found is None:
            return None
        subject, baseline = found
        other = sorted(key for key, value in self._subject.items() if subject.get(key) != value)
        if other:
            raise ConfigError(
                f"{self._folder} was started with other {', '.join(other)}: name another folder or "
                "remove it"
            )
        return baseline

    def keep_baseline(self, baseline: Baseline) -> None:
        """Write it down.

        Raises:
            OutputError: If that fails.
        """
        record = {
            "subject": self._subject,
            "controls": [asdict(one) for one in baseline.gate.controls],
            "floor": [asdict(one) for one in baseline.floor],
        }
        write_json(self._folder / _BASELINE, record)

    def row(self, name: str, network: str | None) -> ComparedAnonymizer | None:
        """Return the row of an anonymizer; None before it was attacked.

        Args:
            name: As users write it.
            network: SHA-256 of its network, if it is one.

        Raises:
            ConfigError: If it is that of another anonymizer.
            InputError: If it cannot be read.
        """
        path = self._folder / folder_name(name) / _ROW
        found = _read(path, _row)
        if found is None:
            return None
        before, row = found
        if (row.name, before) != (name, network):
            raise ConfigError(
                f"{path.parent} is of another anonymizer or network: remove it, or name another "
                "folder"
            )
        return row

    def keep(self, row: ComparedAnonymizer, report: AttackReport, network: str | None) -> None:
        """Write a row and its report into a folder that appears when both are whole.

        Raises:
            OutputError: If that fails.
        """
        record = asdict(row)
        for part in ("excess_leak", "uses"):
            record[part] = [value if math.isfinite(value) else None for value in record[part]]
        with PartialFolder(self._folder / folder_name(row.name)) as own:
            write_attack(report, own)
            write_json(own / _ROW, {"network": network, "row": record})


def folder_name(name: str) -> str:
    """The name of an anonymizer as one of a folder: letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.") or "anonymizer"


def _baseline(record: dict[str, Any]) -> tuple[dict[str, Any], Baseline]:
    controls = tuple(
        ControlResult(**{**one, "decisive": AttackFinding(**one["decisive"])})
        for one in record["controls"]
    )
    floor = tuple(AttackFinding(**one) for one in record["floor"])
    return record["subject"], Baseline(Gate(controls), floor)


def _row(record: dict[str, Any]) -> tuple[str | None, ComparedAnonymizer]:
    row = record["row"]
    value, low, high = map(_number, row["excess_leak"])
    numbers = {"excess_leak": (value, low, high), "uses": tuple(map(_number, row["uses"]))}
    return record["network"], ComparedAnonymizer(**{**row, **numbers})


def _read(path: Path, parse: Callable[[dict[str, Any]], _Kept]) -> _Kept | None:
    if not path.exists():
        return None
    try:
        return parse(read_json(path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} cannot be read ({error}): remove it, and run the same command again"
        ) from error


def _number(value: float | None) -> float:
    return math.nan if value is None else value
