"""What the commands that train show, and what they need."""

import os

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from passerby.cli.console import Bar

__all__ = ["leads", "number", "training_progress"]


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
