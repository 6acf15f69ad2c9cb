"""What the commands that train show, and what they need."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from passerby.cli.console import Bar
from passerby.errors import ConfigError

__all__ = ["leads", "needing_extra", "number", "training_progress"]


def number(least: float, text: str) -> Parameter:
    """An option that is a number of at least ``least``."""
    return Parameter(validator=Number(gte=least), help=text)


@contextmanager
def needing_extra() -> Iterator[None]:
    """Say how to get what an import inside misses.

    Raises:
        ConfigError: If anything is missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"training needs {error.name}: run `pip install 'passerby[train]'`"
        ) from error


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
