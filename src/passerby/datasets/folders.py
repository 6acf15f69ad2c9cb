"""One folder a subset: how most data sets lie on the disk."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from passerby.datasets.card import Found
from passerby.datasets.index import Sample, Subset
from passerby.datasets.listing import NameGrammar, list_pictures, nested
from passerby.runtime.counting import counted

__all__ = ["NOBODY", "read_folders", "without_junk"]

JUNK = -1
"""Identity of images that are left out."""

NOBODY = 0
"""Identity of images that stay in the gallery and match no query, where no query bears it."""


def read_folders(root: Path, folders: Mapping[Subset, str], grammar: NameGrammar) -> Found:
    """Read a data set whose images lie in one folder a subset.

    Args:
        root: Of the data set.
        folders: The folder of each subset, relative to the root; those that are not there are
            left out.
        grammar: How file names are built, with the groups ``identity`` and ``camera``.

    Raises:
        InputError: If a folder cannot be read, or a name is built otherwise.
    """
    there = {subset: name for subset, name in folders.items() if (root / name).is_dir()}
    samples = [
        Sample(f"{folder}/{name}", label["identity"], label["camera"], subset)
        for subset, folder in there.items()
        for name, label in grammar.read_all(list_pictures(root / folder), root / folder)
    ]
    return without_junk(samples, nested(root, there.values()))


def without_junk(samples: Sequence[Sample], unread: tuple[str, ...] = ()) -> Found:
    """Leave junk images out, and tell distractors from a person 0 who is asked for.

    Args:
        samples: All images.
        unread: As in `ReidDataset`.
    """
    kept = [sample for sample in samples if sample.identity != JUNK]
    junk = len(samples) - len(kept)
    notes = [f"{counted(junk, 'junk image')} (identity -1) left out"] if junk else []
    if any(one.identity == NOBODY and one.subset != "gallery" for one in kept):
        notes.append("person 0 is in training or query images, so it counts like any other person")
    else:
        kept = [replace(one, distractor=one.identity == NOBODY) for one in kept]
    return Found(kept, tuple(notes), unread=unread)
