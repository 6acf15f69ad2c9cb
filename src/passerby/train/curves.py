"""The losses of a training over time, as text and as a picture."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, SupportsFloat, TextIO

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from passerby.errors import OutputError

__all__ = ["Curves"]

_SMOOTHED = 100
"""Steps over which the plotted curves are averaged."""


class Curves:
    """Writes a line a step; what an interrupted training wrote stays.

    Args:
        path: Of the CSV file.
        losses: Names of the losses.
    """

    def __init__(self, path: Path, losses: Sequence[str]) -> None:
        self._path = path
        self._losses = tuple(losses)
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        try:
            self._file = self._path.open("a", encoding="utf-8")
        except OSError as error:
            raise self._unwritten(error) from error
        if self._file.tell() == 0:
            self._write(*self._columns)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, step: int, rate: float, losses: Iterable[SupportsFloat]) -> None:
        """Write what a step lost: numbers, or tensors of one, in the order of the names.

        Raises:
            OutputError: If it cannot be written.
        """
        self._write(step, f"{rate:.6g}", *(f"{float(part):.5f}" for part in losses))

    def plot(self, path: Path) -> None:
        """Draw all losses, smoothed, over the steps; nothing where there were none."""
        table = self._table()
        if len(table["step"]) == 0:
            return
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        axes = figure.subplots()
        window = min(_SMOOTHED, len(table["step"]))
        steps = table["step"][window - 1 :]
        for name in self._losses:
            mean = np.convolve(table[name], np.full(window, 1 / window), mode="valid")
            axes.plot(steps, mean, label=name.replace("_", " "))
        axes.set(xlabel="step", ylabel="loss", yscale="log")
        axes.legend()
        figure.savefig(path, dpi=100)

    def _table(self) -> dict[str, npt.NDArray[np.float64]]:
        """Read the columns; of a step that an interruption made necessary again, the last line."""
        with self._path.open(encoding="utf-8") as file:
            rows = {row["step"]: row for row in csv.DictReader(file)}
        return {
            name: np.array([float(row[name]) for row in rows.values()]) for name in self._columns
        }

    @property
    def _columns(self) -> tuple[str, ...]:
        return ("step", "learning_rate", *self._losses)

    def _write(self, *words: object) -> None:
        try:
            print(*words, sep=",", file=self._file, flush=True)
        except OSError as error:
            raise self._unwritten(error) from error

    def _unwritten(self, error: OSError) -> OutputError:
        return OutputError(f"cannot write {self._path} ({error.strerror}): free some space")
