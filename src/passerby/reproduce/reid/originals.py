"""The pictures that a folder of measurements is about, the same ones from first to last."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from passerby.datasets import ReidDataset, read_dataset
from passerby.datasets.reading import recognised
from passerby.errors import ConfigError, InputError
from passerby.files.hashing import sha256_of
from passerby.files.partial import REPLACING, write_text
from passerby.files.plain import read_json
from passerby.twins.layout import twin_files
from passerby.twins.manifest import MANIFEST

__all__ = ["OWN", "check_original", "read_original"]

OWN = "folder"
"""The name of a data set of the user's own, which may stand in the place of a table's."""


def read_original(root: Path, name: str) -> ReidDataset:
    """Read a data set of a table, or one of the user's own in its place.

    Args:
        root: Its folder.
        name: What the table calls for, as in `passerby.datasets.DATASETS`.

    Raises:
        InputError: If there is neither.
    """
    try:
        is_own = recognised(root) == OWN
    except InputError:
        is_own = False  # what is missing is said of the data set that was asked for
    return read_dataset(root, OWN if is_own else name)


def check_original(
    dataset: ReidDataset,
    file: Path,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Note what the pictures of a data set are, or compare with what was noted before.

    An index knows paths and labels alone: it is that of every twin too.

    Args:
        dataset: The original.
        file: Where it is noted.
        progress: Told how many pictures of how many are read.

    Raises:
        ConfigError: If these are anonymized pictures, or others than those noted.
        InputError: If a picture or the file cannot be read.
        OutputError: If the file cannot be written.
    """
    if (dataset.root / MANIFEST).exists():
        raise ConfigError(
            f"{dataset.root} is an anonymized twin: give the original, twins are made of it"
        )
    found = _pictures_sha256(dataset, progress)
    if not file.exists():
        write_text(file, json.dumps({"pictures_sha256": found}) + "\n", REPLACING)
    elif _noted(file) != found:
        raise ConfigError(
            f"the pictures in {dataset.root} are not those that {file.parent.parent} was started "
            "with: name another folder"
        )


def _pictures_sha256(dataset: ReidDataset, progress: Callable[[int, int], None]) -> str:
    """Hash the names and contents of all pictures."""
    names = twin_files(dataset).pictures
    hashed = hashlib.sha256()
    for number, name in enumerate(names, 1):
        hashed.update(f"{name} {sha256_of(dataset.root / name)}\n".encode())
        progress(number, len(names))
    return hashed.hexdigest()


def _noted(file: Path) -> str:
    try:
        return str(read_json(file)["pictures_sha256"])
    except (OSError, ValueError, TypeError, KeyError):
        raise InputError(f"{file} cannot be read: name another folder") from None
