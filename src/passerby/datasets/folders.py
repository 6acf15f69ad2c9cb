"""One folder a subset: how most data sets lie on the disk."""

from collections.abc import Mapping
from pathlib import Path

from passerby.datasets.card import Found
from passerby.datasets.index import Sample, Subset
from passerby.datasets.listing import NameGrammar, pictures

__all__ = ["NOBODY", "read_folders"]

JUNK = -1
"""Identity of images that are left out."""

NOBODY = 0
"""Identity of images that stay in the gallery and match no query."""


def read_folders(root: Path, folders: Mapping[Subset, str], grammar: NameGrammar) -> Found:
    """Read a data set whose images lie in one folder a subset.

    Args:
        root: Of the data set.
        folders: The folder of each subset, relative to the root.
        grammar: How file names are built, with the groups ``identity`` and ``camera``.

    Raises:
        InputError: If a folder cannot be read, or a name is built otherwise.
    """
    samples = [
        Sample(f"{folder}/{name}", subset=subset, **label, distractor=label["identity"] == NOBODY)
        for subset, folder in folders.items()
        for name, label in grammar.read_all(pictures(root / folder), root / folder)
    ]
    kept = [sample for sample in samples if sample.identity != JUNK]
    junk = len(samples) - len(kept)
    return Found(kept, (f"{junk:,} junk images (identity -1) left out",) if junk else ())
