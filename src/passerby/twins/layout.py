"""Which files of a data set go into its twin, and where a twin may lie."""

import os
from dataclasses import dataclass
from pathlib import Path

from passerby.datasets import DATASETS, ReidDataset
from passerby.datasets.matlab import copied_mat
from passerby.datasets.splits import SPLIT_FILE, Partitions, partitions_in, write_partitions
from passerby.errors import InputError, OutputError
from passerby.files.output_folder import OutputFolder
from passerby.files.partial import Permit, write_bytes
from passerby.files.plain import open_plain
from passerby.media import IMAGE_SUFFIXES
from passerby.twins.manifest import MANIFEST

__all__ = ["TwinFiles", "check_place", "check_sources", "copy_companions", "twin_files"]


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

    Files with labels that the reader does not need are not copied if they are links out of the
    root: what they lead to may be private.

    Raises:
        InputError: If a folder cannot be read.
    """
    root = dataset.root
    card = DATASETS[dataset.name]
    companions = {
        path.name
        for pattern in card.companions
        for path in root.glob(pattern)
        if path.name in card.parts or _lies_in(path, root)
    }
    others = {path for path in _files(root) if path not in companions}
    pictures = {path for path in others if Path(path).suffix.lower() in IMAGE_SUFFIXES}
    pictures |= {sample.path for sample in dataset.samples}  # some may lie behind a link
    return TwinFiles(
        pictures=tuple(sorted(pictures)),
        companions=tuple(sorted(companions)),
        left_out=tuple(sorted(others - pictures - {SPLIT_FILE, MANIFEST})),
    )


def _lies_in(path: Path, folder: Path) -> bool:
    """Whether a plain file itself lies straight in a folder, not only a link to it."""
    return path.is_file() and path.resolve().parent == folder.resolve()


def check_place(dataset: ReidDataset, target: Path) -> None:
    """Make sure that the twin neither mixes with the original nor with anything else.

    Raises:
        OutputError: If it would.
    """
    here, there = dataset.root.resolve(), target.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise OutputError(
            f"one of {target} and {dataset.root} lies in the other: name another folder"
        )
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target} is a file: name a folder")
    if target.is_dir() and any(target.iterdir()) and not (target / MANIFEST).exists():
        raise OutputError(f"{target} holds files but no {MANIFEST}: name an empty folder")


def check_sources(dataset: ReidDataset, files: TwinFiles, target: Path) -> None:
    """Make sure that no link in the original leads to a picture in the twin, to be replaced there.

    Raises:
        OutputError: If one does.
    """
    pictures = [dataset.root / path for path in files.pictures]
    places = {picture.parent for picture in pictures}
    places |= {picture for picture in pictures if picture.is_symlink()}
    there = target.resolve()
    for place in sorted(places):
        if Path(os.path.realpath(place)).is_relative_to(there):  # also of a loop of links
            raise OutputError(f"{place} leads into {target}: name another folder")


def copy_companions(
    dataset: ReidDataset, target: OutputFolder, files: TwinFiles, partitions: Partitions | None
) -> None:
    """Copy what the reader needs beside the images, and write down who is trained on.

    Args:
        dataset: The original.
        target: The root of the twin.
        files: Of the original.
        partitions: Those that a user chose, in place of what lies in the data set.

    Raises:
        InputError: If one of them holds no labels.
        OutputError: If anything cannot be written.
    """
    card = DATASETS[dataset.name]
    permit = Permit(overwrite=True, below=target)
    for name in files.companions:
        write_bytes(target.path / name, _labels(dataset.root / name, card.variables), permit)
    if card.draw is not None:
        chosen = partitions or partitions_in(dataset.root) or card.draw(dataset.root, 0)
        write_partitions(target.path / SPLIT_FILE, chosen, permit)


def _labels(path: Path, variables: tuple[str, ...]) -> bytes:
    """What of a file is copied: text, or what of a file for MATLAB holds labels."""
    if path.suffix == ".mat":
        return copied_mat(path, variables)
    try:
        with open_plain(path) as file:
            content = file.read()
        content.decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise InputError(f"{path} cannot be read ({reason}): fetch it again") from error
    return content


def _files(root: Path) -> list[str]:
    """All files below the root, hidden ones left out."""

    def refuse(error: OSError) -> None:
        raise InputError(f"{error.filename} cannot be read: check its permissions") from error

    found = []
    for parent, folders, names in os.walk(root, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        place = Path(parent).relative_to(root).as_posix()
        prefix = "" if place == "." else f"{place}/"
        links = [name for name in folders if Path(parent, name).is_symlink()]
        found += [f"{prefix}{name}" for name in [*names, *links] if not name.startswith(".")]
    return found
