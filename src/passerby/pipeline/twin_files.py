"""Which files of a data set go into its twin, and where a twin may lie."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from passerby.datasets import DATASETS, ReidDataset
from passerby.datasets.splits import SPLIT_FILE, Partitions, partitions_in, write_partitions
from passerby.errors import InputError, OutputError
from passerby.media import IMAGE_SUFFIXES
from passerby.partial import PartialFile, write_error
from passerby.pipeline.manifest import MANIFEST

__all__ = ["TwinFiles", "check_place", "copy_companions", "twin_files"]


@dataclass(frozen=True, slots=True)
class TwinFiles:
    """What lies in the root of a data set; all paths relative to it, with slashes, sorted.

    Attributes:
        pictures: All of them, also those that are in no subset: they are anonymized.
        companions: Files with labels alone that the reader needs: they are copied.
        left_out: Everything else.
    """

    pictures: tuple[str, ...]
    companions: tuple[str, ...]
    left_out: tuple[str, ...]


def twin_files(dataset: ReidDataset) -> TwinFiles:
    """List the files of a data set; hidden ones are left out unmentioned.

    Raises:
        InputError: If a folder cannot be read.
    """
    root = dataset.root
    card = DATASETS[dataset.name]
    companions = {path.name for pattern in card.companions for path in root.glob(pattern)}
    others = {path for path in _files(root) if path not in companions}
    pictures = {path for path in others if Path(path).suffix.lower() in IMAGE_SUFFIXES}
    pictures |= {sample.path for sample in dataset.samples}  # some may lie behind a link
    return TwinFiles(
        pictures=tuple(sorted(pictures)),
        companions=tuple(sorted(companions)),
        left_out=tuple(sorted(others - pictures - {SPLIT_FILE, MANIFEST})),
    )


def check_place(dataset: ReidDataset, target: Path) -> None:
    """Make sure that the twin neither mixes with the original nor with anything else.

    Raises:
        OutputError: If it would.
    """
    here, there = dataset.root.resolve(), target.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise OutputError(f"{target} and {dataset.root} lie in each other: name another folder")
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target} is a file: name a folder")
    if target.is_dir() and any(target.iterdir()) and not (target / MANIFEST).exists():
        raise OutputError(f"{target} holds files and no {MANIFEST}: name an empty folder")


def copy_companions(
    dataset: ReidDataset, target: Path, files: TwinFiles, partitions: Partitions | None
) -> None:
    """Copy what the reader needs beside the images, and write down who is trained on.

    Args:
        dataset: The original.
        target: The root of the twin.
        files: Of the original.
        partitions: Those that a user chose, in place of what lies in the data set.

    Raises:
        OutputError: If anything cannot be written.
    """
    draw = DATASETS[dataset.name].draw
    for name in files.companions:
        _copy(dataset.root / name, target / name)
    if draw is not None:
        chosen = partitions or partitions_in(dataset.root) or draw(dataset.root, 0)
        write_partitions(target / SPLIT_FILE, chosen)


def _copy(source: Path, target: Path) -> None:
    partial = PartialFile(target)
    try:
        shutil.copyfile(source, partial.path)
    except OSError as error:
        partial.abort()
        raise write_error(target, error) from error
    partial.commit()


def _files(root: Path) -> list[str]:
    """All files below the root, hidden ones left out."""

    def refuse(error: OSError) -> None:
        raise InputError(f"{error.filename} may not be read: check its permissions") from error

    found = []
    for parent, folders, names in os.walk(root, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        place = Path(parent).relative_to(root).as_posix()
        prefix = "" if place == "." else f"{place}/"
        found += [f"{prefix}{name}" for name in names if not name.startswith(".")]
    return found
