"""Options that several commands share, and how a data set is read with them."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from passerby.datasets import DATASETS, Choice, ReidDataset, read_dataset
from passerby.datasets.folder import DEFAULT_PATTERN
from passerby.datasets.reading import recognised
from passerby.datasets.splits import read_partitions
from passerby.errors import InputError
from passerby.pipeline.settings import CoverSettings, FindSettings

__all__ = ["AsJson", "Cover", "Find", "Which", "WhichDataset", "Workers"]


@dataclass(frozen=True, kw_only=True)
class WhichDataset:
    """Which data set, and which split of it."""

    name: Annotated[
        str | None,
        Parameter(help=f"One of {', '.join(DATASETS)}; by default what the files look like."),
    ] = None
    split: Annotated[int, Parameter(validator=Number(gte=0), help="Which split of it, from 0.")] = 0
    splits: Annotated[
        Path | None, Parameter(help="A split file to use (passerby datasets split).")
    ] = None
    pattern: Annotated[
        str | None,
        Parameter(
            help="How names in a data set of your own are built: {id} and {camera} are numbers, "
            f"* is anything; by default {DEFAULT_PATTERN}."
        ),
    ] = None

    @property
    def choice(self) -> Choice:
        """The same for the reader."""
        partitions = None if self.splits is None else read_partitions(self.splits)
        return Choice(self.split, partitions, self.pattern)

    def fits(self, root: Path) -> bool:
        """Tell whether a user means a data set: names one, or a folder that looks like one."""
        if self.name is not None:
            return True
        try:
            recognised(root)
        except InputError:
            return False
        return True

    def read(self, root: Path) -> ReidDataset:
        """Read the index, and say on standard error what there is to say about it."""
        dataset = read_dataset(root, self.name, self.choice)
        for text in (*dataset.notes, *dataset.warnings):
            sys.stderr.write(f"passerby: {text}\n")
        return dataset


Which = Annotated[WhichDataset | None, Parameter(name="*")]
AsJson = Annotated[bool, Parameter(name="--json")]
Workers = Annotated[int | None, Parameter(validator=Number(gte=1))]
Cover = Annotated[
    CoverSettings | None, Parameter(name="*", group=Group("Which pixels, and how", sort_key=1))
]
Find = Annotated[
    FindSettings | None, Parameter(name="*", group=Group("Finding people", sort_key=2))
]
