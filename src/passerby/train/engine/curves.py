"""The losses of a training over time, as text and as a picture."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, SupportsFloat

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from passerby.errors import OutputError
from passerby.files.growing import open_to_go_on
from passerby.files.partial import REPLACING, PartialFile

__all__ = ["Curves"]

_SMOOTHED = 100
"""Steps over which the plotted curves are averaged."""


class Curves:
    """Writes a line a step; what an interrupted training wrote stays, but for a torn last line.

    Args:
        path: Of the CSV file.
        losses: Names of the losses.

    Raises:
        OutputError: If the file cannot be written, or is of a training with other losses.
    """

    def __init__(self, path: Path, losses: Sequence[str]) -> None:
        self._path = path
        self._losses = tuple(losses)
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        self._file = open_to_go_on(self._path)
        try:
            self._cut(self._file)
        except BaseException:
            self._file.close()
            raise
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
            try:
                self._file.close()  # which tries once more to write what a full disk did not take
            except OSError as unwritten:
                if error is None:
                    raise self._unwritten(unwritten) from unwritten

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
        with PartialFile(path, REPLACING) as file:
            figure.savefig(file, format="png", dpi=100)

    def _table(self) -> dict[str, npt.NDArray[np.float64]]:
        """Read the columns; of a step that an interruption made necessary again, the last line."""
        lines = self._path.read_bytes().splitlines(keepends=True)
        rows = [row for line in lines[1:] if (row := self._row(line)) is not None]
        last = {row[0]: row for row in rows}
        table = np.array(list(last.values())).reshape(-1, len(self._columns))
        return dict(zip(self._columns, table.T, strict=True))

    def _cut(self, file: BinaryIO) -> None:
        """Cut the file back to its last whole line: a disk may have filled within the next."""
        lines = file.readlines()
        heading = f"{','.join(self._columns)}\n".encode()
        if lines and not heading.startswith(lines[0]):
            raise OutputError(f"{self._path} belongs to another training run: move it away")
        while lines and lines[-1] != heading and self._row(lines[-1]) is None:
            lines.pop()
        file.seek(sum(map(len, lines)))
        file.truncate()

    def _row(self, line: bytes) -> list[float] | None:
        """Return the numbers of a line, or None if it is torn."""
        try:
            numbers = [float(word) for word in line.split(b",")]
        except ValueError:
            return None
        whole = line.endswith(b"\n") and len(numbers) == len(self._columns)
        return numbers if whole else None

    @property
    def _columns(self) -> tuple[str, ...]:
        return ("step", "learning_rate", *self._losses)

    def _write(self, *words: object) -> None:
        if self._file is None:
            raise ValueError("curves are written within their with statement")
        try:
            self._file.write(",".join(map(str, words)).encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise self._unwritten(error) from error

    def _unwritten(self, error: OSError) -> OutputError:
        return OutputError(f"cannot write {self._path} ({error.strerror}): free some space")
