"""What a data set for re-identification comes down to: a list of images with their labels."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

__all__ = [
    "SUBSETS",
    "Part",
    "PublishedProtocol",
    "ReidDataset",
    "Sample",
    "Subset",
    "in_order",
    "stays_below",
]

Subset = Literal["train", "validation", "query", "gallery"]
"""What an image is for."""

SUBSETS: tuple[Subset, ...] = get_args(Subset)

_ORDER = {subset: position for position, subset in enumerate(SUBSETS)}


@dataclass(frozen=True, slots=True)
class Sample:
    """One image.

    Attributes:
        path: Relative to the root of the data set, with slashes.
        identity: Number of the person; of a distractor, 0 where nobody knows who it is.
        camera: Number of the camera; 0 where unknown.
        subset: What it is for.
        distractor: Whether it is in the gallery only to be mistaken for others: its person is
            nobody who is asked for, or it shows no person.
    """

    path: str
    identity: int
    camera: int
    subset: Subset
    distractor: bool = False

    @property
    def is_nobody(self) -> bool:
        """Whether it shows nobody who is known."""
        return self.distractor and self.identity == 0


@dataclass(frozen=True, slots=True)
class PublishedProtocol:
    """What the authors of a data set count when they rank its gallery.

    Attributes:
        same_camera: Gallery images of the query's person by the query's camera are "left out"
            before the ranking, or "counted" like all others.
        single_shot: Whether the gallery of one trial holds one image, drawn at random, of each
            person.
    """

    same_camera: Literal["left out", "counted"] = "left out"
    single_shot: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The images of one subset, sorted by path, as arrays of one length n.

    Attributes:
        paths: Relative to the root of the data set, with slashes.
        identities: Shape (n,).
        cameras: Shape (n,).
        distractors: Shape (n,).
    """

    paths: tuple[str, ...]
    identities: npt.NDArray[np.int64]
    cameras: npt.NDArray[np.int64]
    distractors: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.paths)


@dataclass(frozen=True, eq=False)
class ReidDataset:
    """The index of a data set, in one split where it has several.

    Attributes:
        name: As in `DATASETS`.
        root: Its folder.
        samples: All images, sorted by subset and path.
        protocol: How it is evaluated.
        split: Which of its splits this is, from 0.
        notes: What was done while reading, such as images that were left out.
        warnings: What whoever reports figures on it must know.
        unread: What lies there and looks as if it belonged to it, but was not read.
        names: What people are called, by their numbers, where they are not called by numbers.
    """

    name: str
    root: Path
    samples: tuple[Sample, ...]
    protocol: PublishedProtocol = PublishedProtocol()
    split: int = 0
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)

    def part(self, subset: Subset) -> Part:
        """The images of one subset; empty if the data set has none.

        Example:
            >>> samples = (Sample("a/0007_c2.jpg", identity=7, camera=2, subset="query"),)
            >>> ReidDataset("folder", Path("people"), samples).part("query").cameras
            array([2])
        """
        chosen = [sample for sample in self.samples if sample.subset == subset]
        return Part(
            paths=tuple(sample.path for sample in chosen),
            identities=np.array([sample.identity for sample in chosen], np.int64),
            cameras=np.array([sample.camera for sample in chosen], np.int64),
            distractors=np.array([sample.distractor for sample in chosen], np.bool_),
        )

    def file(self, path: str) -> Path:
        """Where an image lies."""
        return self.root / path

    @cached_property
    def sha256(self) -> str:
        """Hash of all paths and labels, in hexadecimal: equal for a data set and its twin."""
        digest = sha256()
        for sample in self.samples:
            label = f"{sample.identity}\t{sample.camera}\t{int(sample.distractor)}"
            digest.update(os.fsencode(f"{sample.subset}\t{sample.path}\t{label}\n"))
        return digest.hexdigest()


def stays_below(path: str) -> bool:
    """Whether a relative path with slashes leads straight to something below where it begins.

    Example:
        >>> stays_below("query/a.jpg"), stays_below("../a.jpg"), stays_below("/query/a.jpg")
        (True, False, False)
    """
    return not (set(path.split("/")) & {"", ".", ".."} or set(path) & {"\\", "\0"})


def in_order(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    """Sort samples by subset and path, whatever order a file system listed them in."""
    return tuple(sorted(samples, key=lambda one: (_ORDER[one.subset], one.path)))
