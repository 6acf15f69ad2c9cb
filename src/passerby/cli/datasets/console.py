"""What the commands print."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from passerby.cli.bar import Bar
from passerby.datasets import ReidDataset

__all__ = ["dataset_progress", "described"]


def described(dataset: ReidDataset) -> dict[str, Any]:
    """What a result on a data set must say about it."""
    return {
        "name": dataset.name,
        "root": str(dataset.root),
        "split": dataset.split,
        "index_sha256": dataset.sha256,
        "people": {str(number): name for number, name in dataset.names.items()},
        "protocol": asdict(dataset.protocol),
        "notes": list(dataset.notes),
        "warnings": list(dataset.warnings),
        "unread": list(dataset.unread),
    }


@contextmanager
def dataset_progress(verb: str) -> Iterator[Callable[[int, int], None]]:
    """Draw a bar on standard error; yields what tells it how many of how many are done."""
    with Bar() as bar:
        task = bar.add_task(verb, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
