"""The losses of a training over time, as text and as a picture."""

from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import numpy as np

from passerby.train.detector.losses import Losses

__all__ = ["Curves"]

_SMOOTHED = 100
"""Steps over which the plotted curves are averaged."""


class Curves:
    """Writes a line a step; what an interrupted training wrote stays.

    Args:
        path: Of the CSV file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        new = not self._path.exists()
        self._file = self._path.open("a", encoding="utf-8")
        if new:
            print("step", "learning_rate", *Losses._fields, sep=",", file=self._file)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, step: int, rate: float, losses: Losses) -> None:
        """Write what a step lost."""
        values = [f"{float(part):.5f}" for part in losses]
        print(step, f"{rate:.6f}", *values, sep=",", file=self._file, flush=True)

    def plot(self, path: Path) -> None:
        """Draw all losses, smoothed, over the steps."""
        from matplotlib.figure import Figure  # noqa: PLC0415 - slow to load

        table = np.genfromtxt(self._path, delimiter=",", names=True, ndmin=1)
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        axes = figure.subplots()
        window = min(_SMOOTHED, len(table))
        steps = table["step"][window - 1 :]
        for name in Losses._fields:
            mean = np.convolve(table[name], np.full(window, 1 / window), mode="valid")
            axes.plot(steps, mean, label=name.replace("_", " "))
        axes.set(xlabel="step", ylabel="loss", yscale="log")
        axes.legend()
        figure.savefig(path, dpi=100)
