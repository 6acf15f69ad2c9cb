"""Images of people to describe, with what is known about who they show."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.datasets import ReidDataset, Subset
from passerby.datasets.name_pattern import (
    NamePattern,
    names_by_number,
    numbered,
    numbering_note,
)
from passerby.errors import InputError
from passerby.locations import ObjectPath
from passerby.media import IMAGE_SUFFIXES, Input
from passerby.runtime.addresses import public_name
from passerby.signatures.reader import NAMES_OF_PEOPLE
from passerby.sources import expand

__all__ = ["ImageList"]


@dataclass(frozen=True, eq=False)
class ImageList:
    """Images of one person each.

    Attributes:
        files: Where they lie.
        paths: What they are called in a file of signatures, with slashes.
        ids: Shape (n,), who is shown; 0 where nobody knows.
        cameras: Shape (n,), by which camera; 0 where unknown.
        origin: What else is known of them, for the header of a file.
        unusable: Why other inputs are not among them, one line each.
        notes: What else the user should know.
    """

    files: tuple[Path, ...]
    paths: tuple[str, ...]
    ids: npt.NDArray[np.int64]
    cameras: npt.NDArray[np.int64]
    origin: dict[str, Any] = field(default_factory=dict)
    unusable: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.files)

    @property
    def sha256(self) -> str:
        """Hash of their names, sizes and times of change: equal while nobody touches them."""
        digest = sha256()
        for file, path in zip(self.files, self.paths, strict=True):
            status = file.stat() if file.is_file() else None
            touched = (status.st_size, status.st_mtime_ns) if status else None
            digest.update(os.fsencode(f"{path}\t{touched}\n"))
        return digest.hexdigest()

    @classmethod
    def joined(cls, lists: Sequence["ImageList"]) -> "ImageList":
        """Put lists one after the other; what else is known of each is left out."""
        return cls(
            tuple(file for one in lists for file in one.files),
            tuple(path for one in lists for path in one.paths),
            np.concatenate([one.ids for one in lists]),
            np.concatenate([one.cameras for one in lists]),
        )

    @classmethod
    def of_files(cls, sources: Sequence[str], pattern: str | None = None) -> "ImageList":
        """List files, and folders with all below them.

        Args:
            sources: Paths.
            pattern: How names are built; see `NamePattern`. Without it nobody is known.

        Raises:
            ConfigError: If the pattern is none.
            InputError: If there is no picture, or a name is built otherwise.
        """
        names = None if pattern is None else NamePattern(pattern)
        named = [(one, _unusable(one)) for one in expand(sources)]
        inputs = [one for one, why in named if why is None]
        unusable = tuple(why for _, why in named if why is not None)
        if not inputs:
            raise InputError(unusable[0])
        files = tuple(one.path for one in inputs if isinstance(one.path, Path))
        paths = tuple((one.relative or Path(one.name)).as_posix() for one in inputs)
        if names is None:
            nobody = np.zeros(len(files), np.int64)
            return cls(files, paths, nobody, nobody, unusable=unusable)
        depth = names.text.count("/") + 1
        asked = ["/".join(file.parts[-depth:]) for file in files]
        labels = names.read(asked, Path(sources[0]))
        numbers = numbered([who for who, _ in labels])
        people = names_by_number(numbers)
        return cls(
            files,
            paths,
            np.array([numbers[who] for who, _ in labels], np.int64),
            np.array([camera for _, camera in labels], np.int64),
            {NAMES_OF_PEOPLE: list(people.values())} if people else {},
            unusable,
            (numbering_note(people),) if people else (),
        )

    @classmethod
    def of_dataset(cls, dataset: ReidDataset, subset: Subset) -> "ImageList":
        """List the images of a subset, in the order of the index.

        Raises:
            InputError: If it has none.
        """
        part = dataset.part(subset)
        if not len(part):
            raise InputError(f"{dataset.root} has no images for {subset}: leave that subset out")
        origin = {
            "data_set": dataset.name,
            "split": dataset.split,
            "index_sha256": dataset.sha256,
            "subset": subset,
        }
        files = tuple(dataset.file(path) for path in part.paths)
        return cls(files, part.paths, part.identities, part.cameras, origin)


def _unusable(one: Input) -> str | None:
    """Why an input is no image; None if it looks like one."""
    if one.problem is not None:
        return one.problem
    if isinstance(one.path, ObjectPath):
        return f"{one.path} lies in a store of objects: copy it to a disk first"
    if one.path is None or one.path.suffix.lower() not in IMAGE_SUFFIXES:
        return f"{public_name(one)} is no picture: name images of one person each"
    return None
