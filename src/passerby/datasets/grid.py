"""GRID: 250 people seen twice in an underground station, and 775 images of others.

A name such as ``0001_1_25004_107_32_106_221.jpeg`` holds identity, camera, frame and box; identity
0 stands for all others, who stay in the gallery. Ten partitions come with the data set.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from passerby.datasets.card import DATASETS, Choice, Count, DatasetCard, Found
from passerby.datasets.folders import read_folders
from passerby.datasets.index import Sample
from passerby.datasets.listing import NameGrammar
from passerby.datasets.matlab import read_mat
from passerby.datasets.splits import Partitions
from passerby.errors import InputError

__all__: list[str] = []

_GRAMMAR = NameGrammar(
    re.compile(r"(?P<identity>\d+)_(?P<camera>\d+)_.+"), "0001_1_25004_107_32_106_221.jpeg"
)
_PARTITION_FILE = "features_and_partitions.mat"
_PARTITIONS = 10


def _read(root: Path, choice: Choice) -> Found:
    found = read_folders(root, {"query": "probe", "gallery": "gallery"}, _GRAMMAR)
    partitions = choice.partitions or _partitions(root)
    everybody = {sample.identity for sample in found.samples if not sample.is_nobody}
    trained = partitions.of(choice.split, everybody)
    samples: list[Sample] = [
        replace(sample, subset="train") if sample.identity in trained else sample
        for sample in found.samples
    ]
    return Found(samples, (*found.notes, str(partitions)), unread=found.unread)


def _partitions(root: Path, _seed: int = 0) -> Partitions:
    """Who is trained on, as the authors chose: the third field of each cell of a variable."""
    path = root / _PARTITION_FILE
    cells = read_mat(path, "trainIdxAll")["trainIdxAll"].ravel()
    try:
        train = [np.asarray(cell[0, 0][2]).astype(int).ravel().tolist() for cell in cells]
    except (IndexError, ValueError, TypeError) as error:
        raise InputError(
            f"{path}: trainIdxAll does not have the expected structure: download it again"
        ) from error
    return Partitions("grid", None, tuple(tuple(sorted(people)) for people in train))


DATASETS.add(
    "grid",
    DatasetCard(
        title="QMUL underGround Re-IDentification (GRID)",
        read=_read,
        parts=("probe", "gallery"),
        mark="probe/*_*_*.*",
        published={
            "train": Count(250, 125),
            "query": Count(125, 125),
            "gallery": Count(900, 125),
        },
        cameras=8,
        splits=_PARTITIONS,
        draw=_partitions,
        source="Loy, Xiang and Gong, Time-delayed Correlation Analysis, IJCV 2010",
        terms="For research.",
    ),
)
