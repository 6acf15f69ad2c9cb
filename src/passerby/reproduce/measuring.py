"""Measures whatever is asked for and not there yet; it may be stopped at any time, and goes on."""

from collections.abc import Mapping
from typing import Any, Protocol

from passerby.files.output_folder import OutputFolder
from passerby.reproduce.experiment import Case
from passerby.reproduce.measurement import Measurement, read_measurement, write_measurement
from passerby.reproduce.request import Request
from passerby.reproduce.workspace import Workspace
from passerby.runtime.provenance import commit, machine, versions

__all__ = ["Measuring", "measure_cases", "stamp_of"]


class Measuring(Protocol):
    """How cases of one study are measured."""

    def made_from(self, case: Case, seed: int) -> Mapping[str, Any] | None:
        """All that the figures depend on, but for the machine; None if it cannot be measured."""

    def measure(self, case: Case, seed: int, made_from: Mapping[str, Any]) -> Measurement:
        """Train what is not trained yet, and measure.

        Raises:
            PasserbyError: If something cannot be read, trained or written.
        """


def measure_cases(request: Request, workspace: Workspace, by: Measuring) -> None:
    """Measure all cases of a table that are not measured yet, seed after seed, row after row.

    What is not trained is measured with the first seed alone.

    Raises:
        OutputError: If another run writes into the workspace.
        PasserbyError: If something cannot be read, trained or written.
    """
    with OutputFolder.made(workspace.root).locked():
        for seed in request.seeds:
            for line in request.experiment.chosen(request.rows):
                case = line.case
                if seed != request.seeds[0] and case.network is None:
                    continue
                made_from = by.made_from(case, seed)
                if made_from is None:
                    continue
                path = workspace.measurement(case, request.scale, seed)
                if not path.exists() or read_measurement(path).made_from != made_from:
                    write_measurement(path, by.measure(case, seed, made_from))


def stamp_of(command: str) -> dict[str, Any]:
    """Say how a measurement was made: command, commit, kind of machine, versions."""
    return {
        "command": command,
        "commit": commit(),
        "machine": machine(),
        "versions": versions(),
    }
