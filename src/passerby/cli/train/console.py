"""What the commands that train show, and what they need."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn

from passerby.cli.bar import Bar
from passerby.cli.console import complain
from passerby.runtime.signals import Terminated

if TYPE_CHECKING:
    from passerby.train.engine.progress import Report, TrainingProgress

__all__ = ["leads", "number", "shown_training", "training_progress"]


def number(least: float, text: str) -> Parameter:
    """An option that is a number of at least ``least``."""
    return Parameter(validator=Number(gte=least), help=text)


def leads() -> bool:
    """Whether this is the first of the processes that torchrun started: it alone prints."""
    return os.environ.get("RANK", "0") == "0"


def training_progress(unit: str) -> Bar:
    """A bar on standard error; of several processes that torchrun started, the first draws it."""
    return Bar(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        drawn=leads(),
        stays=True,
    )


@contextmanager
def shown_training(folder: Path, epochs: int = 0, unit: str = "") -> Iterator["Report"]:
    """Give a report that shows how far a training is; an interrupted one says how to go on.

    Args:
        folder: In which it can go on.
        epochs: How many there will be, if they are counted.
        unit: Of what the bar counts.
    """
    with training_progress(unit) as bar:
        shown = _ShownProgress(bar, epochs)
        try:
            yield shown
        except (KeyboardInterrupt, Terminated):
            if leads() and shown.saved:
                complain(f"{shown.saved} in {folder}: run the same command to go on")
            raise


class _ShownProgress:
    """Shows progress, one line a stage, and warnings above it.

    Attributes:
        saved: What an interruption leaves; empty where that is nothing to go on from.
    """

    def __init__(self, bar: Bar, epochs: int) -> None:
        self._bar = bar
        self._epochs = epochs
        self._tasks: dict[str, TaskID] = {}
        self.saved = ""

    def __call__(self, progress: "TrainingProgress") -> None:
        for told in filter(None, (progress.note, progress.warning)):
            complain(told)
        text: str = progress.stage
        if progress.losses:
            epoch = f"epoch {progress.epoch}/{self._epochs}, " if progress.epoch else ""
            text = f"{epoch}loss {progress.losses['total']:.3f}"
        self.saved = _saved(progress, self._epochs)
        if progress.stage not in self._tasks:
            self._tasks[progress.stage] = self._bar.add_task(text, total=progress.total)
        task = self._tasks[progress.stage]
        self._bar.describe(task, text)
        self._bar.update(task, completed=progress.done, total=progress.total)


def _saved(progress: "TrainingProgress", epochs: int) -> str:
    if progress.epoch > 1:
        where = f"epoch {progress.epoch} of {epochs}"
        return f"{where} was interrupted, and what comes before it is saved"
    if progress.saved:
        where = f"step {progress.done} of {progress.total}"
        return f"{where} was interrupted, and the first {progress.saved} are saved"
    return ""
