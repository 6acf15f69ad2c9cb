"""Market-1501, alone and with its 500,000 distractors.

A name such as ``0002_c1s1_000451_03.jpg`` holds identity, camera, sequence, frame and box. Identity
-1 marks boxes that fit no person well enough: they count neither as right nor as wrong. Identity 0
marks boxes that show nobody, or a stranger: they stay in the gallery and count as wrong.
"""

import re
from pathlib import Path

from passerby.datasets.card import DATASETS, Choice, Count, DatasetCard, Found
from passerby.datasets.folders import NOBODY, read_folders
from passerby.datasets.index import Sample, Subset
from passerby.datasets.listing import NameGrammar, list_pictures, nested
from passerby.errors import InputError

__all__ = ["FOLDERS"]

FOLDERS: dict[Subset, str] = {
    "train": "bounding_box_train",
    "query": "query",
    "gallery": "bounding_box_test",
}
DISTRACTORS = "images"
"""Where the archive of the 500,000 puts them."""

_GRAMMAR = NameGrammar(
    re.compile(r"(?P<identity>-1|\d+)_c(?P<camera>\d+)s\d+_\d+_\d+\..+"), "0002_c1s1_000451_03.jpg"
)


def _read(root: Path, _choice: Choice) -> Found:
    return read_folders(root, FOLDERS, _GRAMMAR)


def _read_with_distractors(root: Path, choice: Choice) -> Found:
    """Whatever the distractors are called, none of them is anybody who is asked for."""
    found = _read(root, choice)
    if any(one.identity == NOBODY and not one.distractor for one in found.samples):
        raise InputError(
            f"{root} has training or query images of person 0, the number of "
            "distractors: number people "
            "from 1"
        )
    labels = [(name, _GRAMMAR.read(name)) for name in list_pictures(root / DISTRACTORS)]
    distractors = [
        Sample(
            f"{DISTRACTORS}/{name}",
            identity=NOBODY,
            camera=label["camera"] if label else 0,
            subset="gallery",
            distractor=True,
        )
        for name, label in labels
    ]
    unread = (*found.unread, *nested(root, [DISTRACTORS]))
    return Found([*found.samples, *distractors], found.notes, found.warnings, unread)


_SOURCE = "Zheng et al., Scalable Person Re-identification: A Benchmark, ICCV 2015"
_TERMS = "For research; the authors give no licence to publish the images."

DATASETS.add(
    "market1501",
    DatasetCard(
        title="Market-1501",
        read=_read,
        parts=tuple(FOLDERS.values()),
        optional=tuple(FOLDERS.values()),
        mark="bounding_box_t*/*_c*s*_*.*",
        published={
            "train": Count(12_936, 751),
            "query": Count(3_368, 750),
            "gallery": Count(15_913, 750),
        },
        cameras=6,
        source=_SOURCE,
        terms=_TERMS,
    ),
)
DATASETS.add(
    "market1501-500k",
    DatasetCard(
        title="Market-1501 with 500,000 distractors",
        read=_read_with_distractors,
        parts=(*FOLDERS.values(), DISTRACTORS),
        optional=tuple(FOLDERS.values()),
        published={
            "train": Count(12_936, 751),
            "query": Count(3_368, 750),
            "gallery": Count(515_913, 750),
        },
        cameras=6,
        source=_SOURCE,
        terms=_TERMS,
    ),
)
