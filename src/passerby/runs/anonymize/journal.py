"""What a run has finished, kept beside its report until that is whole, so that it can go on.

The first line says what copies depend on. Then each input has a line when it is begun, and another
when it is finished, with all that the report will say of it. There are boxes in it, never pixels.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from passerby.errors import ConfigError, InputError, PasserbyError
from passerby.files.failures import write_error
from passerby.files.growing import open_to_go_on
from passerby.files.hashing import sha256_of
from passerby.files.plain import parse_json
from passerby.locations import Location, location_of
from passerby.media import Input
from passerby.runs.anonymize.basis import Basis, basis_of, differences
from passerby.runs.anonymize.report import ReportEntry, frame_lines, report_entries

__all__ = ["RunJournal", "journal_path"]

_BASIS = "settings", "versions", "models", "files"


def journal_path(report: Path) -> Path:
    """Where the journal of a run lies: beside its report.

    Example:
        >>> journal_path(Path("safe/report.json")).name
        'report.json.unfinished'
    """
    return report.with_name(f"{report.name}.unfinished")


class RunJournal:
    """Remembers what is begun and what is finished, also when the process is killed.

    Only one run at a time can have it open. As a context manager it closes the file, which stays
    for the next run if anything was begun; `discard` removes it.

    Args:
        report: Of the run. If it is there, it is from a run before, and what it says counts.
        basis: What copies depend on.

    Raises:
        ConfigError: If the run before had another basis.
        InputError: If the journal or the report is no such file.
        OutputError: If the journal cannot be written, or another run has it open.
    """

    def __init__(self, report: Path, basis: Basis) -> None:
        self._path = journal_path(report)
        self._begun: set[str] = set()
        self._finished: dict[str, int] = {}
        self._is_new = False
        self._file = open_to_go_on(self._path)
        try:
            self._go_on(report, basis)
        except BaseException:
            self.__exit__()
            raise

    def _go_on(self, report: Path, basis: Basis) -> None:
        """Take over what a run before has finished, if it would have made the same copies."""
        before, origin = self._read(), self._path
        self._is_new, entries = before is None, list[ReportEntry]()
        if self._is_new and report.exists():
            head, entries = report_entries(report)
            before, origin = basis_of(head), report
        if before is not None and (others := differences(basis, before)):
            raise ConfigError(
                f"{origin} is of a run with other {', '.join(others)}: run it with the same, or "
                "name another report and output"
            )
        if self._is_new:
            self._write({"journal": 1, **basis})
        for entry in entries:
            if entry.is_done:
                self.add(entry)

    def _read(self) -> Basis | None:
        """Read what is there; a last line that was cut off is cut off here, too."""
        head, end = None, 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            try:
                record = parse_json(line.decode())
                if head is None:
                    head = {name: record[name] for name in _BASIS}
                elif "begun" in record:
                    self._begun.add(record["begun"])
                else:
                    self._finished[record["item"]["output"]["name"]] = end
            except (ValueError, KeyError, TypeError):
                raise InputError(
                    f"{self._path} is not the journal of a run: remove it, or name another report"
                ) from None
            end += len(line)
        self._file.seek(end)
        self._file.truncate()
        return head

    @property
    def targets(self) -> frozenset[Location]:
        """Copies that this run or one before has begun: these may be there."""
        return frozenset(map(location_of, self._begun | self._finished.keys()))

    def begin(self, target: Location) -> None:
        """Note that a copy is being made.

        Raises:
            OutputError: If that cannot be written.
        """
        self._begun.add(str(target))
        self._write({"begun": str(target)})

    def add(self, entry: ReportEntry) -> None:
        """Note what became of an input.

        Raises:
            OutputError: If that cannot be written.
        """
        name = entry.record["output"]["name"]
        position = self._file.seek(0, os.SEEK_END)
        frames = ", ".join(entry.frames())
        self._write_line(f'{{"item": {json.dumps(entry.record)}, "frames": [{frames}]}}\n')
        if name is not None:
            self._finished[name] = position

    def finished(self, one: Input, target: Location | str | None) -> ReportEntry | None:
        """What is known of an input whose copy is whole, and is still what was written.

        The copy and the input are hashed, so that neither of them has changed.
        """
        if (
            not isinstance(target, Location)
            or one.path is None
            or str(target) not in self._finished
        ):
            return None
        entry = self._entry(self._finished[str(target)])
        try:
            known = entry.record["input"]["sha256"], entry.record["output"]["sha256"]
            is_same = known == (sha256_of(one.path), sha256_of(target))
        except PasserbyError:
            return None
        return entry if entry.is_done and is_same else None

    def _entry(self, position: int) -> ReportEntry:
        def line() -> dict[str, Any]:
            self._file.seek(position)
            whole: dict[str, Any] = parse_json(self._file.readline().decode())
            return whole

        return ReportEntry(line()["item"], lambda: frame_lines(line()["frames"]))

    def _write(self, record: Mapping[str, Any]) -> None:
        self._write_line(json.dumps(record) + "\n")

    def _write_line(self, line: str) -> None:
        try:
            self._file.seek(0, os.SEEK_END)
            self._file.write(line.encode())
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise write_error(self._path, error) from error

    def discard(self) -> None:
        """Remove the journal, when the report says all of it."""
        if self._file.closed:
            return
        self._path.unlink(missing_ok=True)  # before another run may open it
        self.close()

    def close(self) -> None:
        """Close the file, which stays."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_new and not self._begun:
            self.discard()
        self.close()
