"""What is known about each data set, and the table of all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from passerby.datasets.index import PublishedProtocol, Sample, Subset
from passerby.datasets.splits import Partitions
from passerby.registry import Registry

__all__ = ["DATASETS", "Choice", "Count", "Counts", "DatasetCard", "Found"]


@dataclass(frozen=True, slots=True)
class Count:
    """How much of something was published; None where nobody says.

    Attributes:
        images: Number of images, without junk.
        identities: Number of people, without the one number that stands for nobody.
    """

    images: int | None = None
    identities: int | None = None


Counts: TypeAlias = Mapping[Subset | Literal["all"], Count]
"""Counts by subset, or of all images."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a user chooses where a data set leaves a choice.

    Attributes:
        split: Which split, from 0.
        partitions: Who is trained on in each split, in place of what lies in the data set.
        pattern: How file names are built, for the data set ``folder``.
    """

    split: int = 0
    partitions: Partitions | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a reader found.

    Attributes:
        samples: All images, in any order.
        notes, warnings, unread, names: As in `ReidDataset`.
        protocol: In place of the card's; None if that holds.
    """

    samples: list[Sample]
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    protocol: PublishedProtocol | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class DatasetCard:
    """One data set, or one way of using it.

    Attributes:
        title: Its proper name.
        read: Reads it from a folder that holds its ``parts``.
        parts: What lies in the root: folders and files.
        optional: Those of them without which it is read too, as long as there is any: each is
            one subset, which is asked for where it is needed.
        mark: A glob pattern that fits a file of this data set and of no other with the same
            parts; empty if it is taken only where it is asked for by name.
        published: What its authors counted.
        cameras: How many there are, or None where nobody says.
        splits: How many splits its protocol has; None if its files tell.
        protocol: What is counted.
        companions: Files beside the images that its reader needs, as glob patterns. They hold
            labels alone: text, or files for MATLAB.
        variables: Those of its files for MATLAB that hold labels.
        draw: Where a split is a choice of people to train on, takes the root and a seed and
            chooses; such splits can be written to a file and read from one.
        source: Who published it where.
        terms: What its authors allow.
        caution: What everybody who uses it must know, said whenever it is read.
    """

    title: str
    read: Callable[[Path, Choice], Found]
    parts: tuple[str, ...]
    source: str
    terms: str
    optional: tuple[str, ...] = ()
    mark: str = ""
    published: Counts = field(default_factory=dict)
    cameras: int | None = None
    splits: int | None = 1
    protocol: PublishedProtocol = field(default_factory=PublishedProtocol)
    companions: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    draw: Callable[[Path, int], Partitions] | None = None
    caution: str = ""


DATASETS: Registry[DatasetCard] = Registry("data set")
"""All data sets, in the order in which a folder is compared with them."""
