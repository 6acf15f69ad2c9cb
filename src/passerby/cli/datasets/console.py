"""What the commands print."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from passerby.datasets import ReidDataset

__all__ = ["complain", "described", "print_json", "progress_bar"]


def complain(text: str) -> None:
    """Print a line on standard error."""
    sys.stderr.write(f"passerby: {text}\n")


def print_json(value: object) -> None:
    """Print a value on standard output."""
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def described(dataset: ReidDataset) -> dict[str, Any]:
    """What a result on a data set must say about it."""
    return {
        "name": dataset.name,
        "root": str(dataset.root),
        "split": dataset.split,
        "index_sha256": dataset.sha256,
        "protocol": asdict(dataset.protocol),
        "notes": list(dataset.notes),
        "warnings": list(dataset.warnings),
    }


@contextmanager
def progress_bar(verb: str) -> Iterator[Callable[[int, int], None]]:
    """Draw a bar on standard error; yields what tells it how many of how many are done."""
    columns = TextColumn(verb), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    shown = console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=not shown) as bar:
        task = bar.add_task(verb, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
