"""MSMT17, in its first edition or in the second, whose faces are blurred.

Four text files name the images, each with a label, as in
``0000/0000_000_01_0303morning_0015_0.jpg 0``; the third field of a file name is the camera. Labels
count the people of the training and of the test set from 0 each; here the latter follow the former,
so that one number is one person.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from passerby.datasets.card import DATASETS, Choice, Count, DatasetCard, Found
from passerby.datasets.index import Sample, Subset
from passerby.datasets.listing import NameGrammar, read_lines
from passerby.errors import InputError

__all__: list[str] = []

LISTS: dict[Subset, str] = {
    "train": "list_train.txt",
    "validation": "list_val.txt",
    "query": "list_query.txt",
    "gallery": "list_gallery.txt",
}
EDITIONS = {"train": "test", "mask_train_v2": "mask_test_v2"}
"""The folders of training and of test images in the first and in the second edition."""

_TESTED = "query", "gallery"

TRAINED_PEOPLE = 1_041
"""The number of the first person of the test set."""

BLURRED = (
    "this is MSMT17_V2, whose faces its authors have blurred: do not compare figures on it with "
    "those on the first edition"
)

_GRAMMAR = NameGrammar(
    re.compile(r"(?:.*/)?\d+_\d+_(?P<camera>\d+)_[^/]+ (?P<identity>\d+)"),
    "0000/0000_000_01_0303morning_0015_0.jpg 0",
)


def _read(root: Path, _choice: Choice) -> Found:
    lists = {subset: name for subset, name in LISTS.items() if (root / name).exists()}
    edition = _edition(root, {subset in _TESTED for subset in lists})
    samples = [
        sample
        for subset, name in lists.items()
        for sample in _samples(root / name, subset, edition)
    ]
    return Found(samples, warnings=(BLURRED,) if edition == "mask_train_v2" else ())


def _edition(root: Path, tested: set[bool]) -> str:
    """Which edition has the folders that the lists need: those of the test, or of training."""
    for train, test in EDITIONS.items():
        if all((root / (test if one else train)).is_dir() for one in tested):
            return train
    raise InputError(
        f"{root} has neither the folders train and test nor mask_train_v2 and mask_test_v2: "
        "name the folder that holds them"
    )


def _samples(file: Path, subset: Subset, train: str) -> Iterator[Sample]:
    folder, first = (EDITIONS[train], TRAINED_PEOPLE) if subset in _TESTED else (train, 0)
    for line, label in _GRAMMAR.read_all(read_lines(file), file):
        path = line.rpartition(" ")[0]
        yield Sample(f"{folder}/{path}", first + label["identity"], label["camera"], subset)


DATASETS.add(
    "msmt17",
    DatasetCard(
        title="MSMT17",
        read=_read,
        parts=tuple(LISTS.values()),
        optional=tuple(LISTS.values()),
        mark="list_[gqt]*.txt",
        published={
            "train": Count(30_248, TRAINED_PEOPLE),
            "validation": Count(2_373, TRAINED_PEOPLE),
            "query": Count(11_659, 3_060),
            "gallery": Count(82_161, 3_060),
        },
        cameras=15,
        companions=tuple(LISTS.values()),
        source="Wei et al., Person Transfer GAN to Bridge Domain Gap, CVPR 2018",
        terms="On request, for research; the first edition is no longer given out.",
    ),
)
