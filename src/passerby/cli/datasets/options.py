"""Options that several commands share, and how a data set is read with them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number
from pydantic import BaseModel, ConfigDict, Field

from passerby.cli.console import complain
from passerby.config import validated
from passerby.datasets import DATASETS, Choice, ReidDataset, read_dataset
from passerby.datasets.folder import DEFAULT_PATTERN, NESTED_PATTERNS
from passerby.datasets.reading import recognised
from passerby.datasets.splits import read_partitions
from passerby.errors import ConfigError, InputError
from passerby.pipeline.detection_settings import IfNobody
from passerby.pipeline.settings import CoverSettings, FindSettings, NameList

__all__ = ["AsJson", "Cover", "CropCover", "DatasetOptions", "Find", "Which", "Workers"]


@dataclass(frozen=True, kw_only=True)
class DatasetOptions:
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
            help="How names in a data set of your own are built: {id} is a number or a name, "
            "{camera} a number, * anything, / stands between folders; by default "
            f"{DEFAULT_PATTERN}, or {' or '.join(NESTED_PATTERNS)} where each person has a folder."
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
        for text in (*dataset.notes, *dataset.warnings, *dataset.unread):
            complain(text)
        return dataset


def _explained(name: str) -> str:
    return CoverSettings.model_fields[name].description or ""


class CropCover(BaseModel):
    """How pictures of a data set are covered, which have no tracks and no times."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    regions: NameList | None = Field(default=None, description=_explained("regions"))
    classes: NameList = Field(default=(), description=_explained("classes"))
    operator: str | None = Field(
        default=None, description=f"{_explained('operator')} With --regions, blackout by default."
    )
    strength: str | None = Field(default=None, description=_explained("strength"))
    preset: str | None = Field(default=None, description=_explained("preset"))
    if_nobody: IfNobody = Field(
        default="nothing",
        description="What is covered, in black, of an image in which nobody is found, although it "
        "may show somebody: nothing, its top, or the whole frame.",
    )
    cover_zone: tuple[str, ...] = Field(default=(), description=_explained("cover_zone"))
    leave_zone: tuple[str, ...] = Field(default=(), description=_explained("leave_zone"))
    seed: int | None = Field(default=None, ge=0, description=_explained("seed"))

    @property
    def settings(self) -> CoverSettings:
        """The same for the pipeline.

        Raises:
            ConfigError: If neither a preset nor regions are chosen, or a value does not fit.
        """
        if self.preset is None and self.regions is None:
            raise ConfigError("say how to anonymize: --preset NAME or --regions NAMES")
        return validated(CoverSettings, self.model_dump(exclude_none=True), "command line")


Which = Annotated[DatasetOptions | None, Parameter(name="*")]
AsJson = Annotated[bool, Parameter(name="--json")]
Workers = Annotated[int | None, Parameter(validator=Number(gte=1))]
Cover = Annotated[
    CropCover | None, Parameter(name="*", group=Group("Which pixels, and how", sort_key=1))
]
Find = Annotated[
    FindSettings | None, Parameter(name="*", group=Group("Finding people", sort_key=2))
]
