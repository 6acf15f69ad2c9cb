"""VIPeR: two cameras, one image of each person by each.

A name such as ``000_45.bmp`` holds identity and angle; the folder is the camera. Half of the people
are trained on, ten times. In even splits camera a asks and camera b answers, in odd ones the other
way round, about the same people.
"""

import re
from dataclasses import replace
from pathlib import Path

from passerby.datasets.card import DATASETS, Choice, Count, DatasetCard, Found
from passerby.datasets.index import Sample
from passerby.datasets.listing import NameGrammar, list_pictures, nested
from passerby.datasets.splits import Partitions, drawn

__all__: list[str] = []

_FOLDERS = ("cam_a", "cam_b")
_PARTITIONS = 10
_GRAMMAR = NameGrammar(re.compile(r"(?P<identity>\d+)_\d+\..+"), "000_45.bmp")


def _read(root: Path, choice: Choice) -> Found:
    samples = _samples(root)
    partitions = choice.partitions or _draw(root, seed=0)
    trained = partitions.of(choice.split // 2, {sample.identity for sample in samples})
    asking = 1 + choice.split % 2
    return Found(
        [
            sample
            if sample.identity in trained
            else replace(sample, subset="query" if sample.camera == asking else "gallery")
            for sample in samples
        ],
        (str(partitions),),
        unread=nested(root, _FOLDERS),
    )


def _draw(root: Path, seed: int) -> Partitions:
    everybody = {sample.identity for sample in _samples(root)}
    return drawn("viper", everybody, len(everybody) // 2, _PARTITIONS, seed)


def _samples(root: Path) -> list[Sample]:
    """All images, as if all of them were to train on."""
    return [
        Sample(f"{folder}/{name}", label["identity"], camera, "train")
        for camera, folder in enumerate(_FOLDERS, 1)
        for name, label in _GRAMMAR.read_all(list_pictures(root / folder), root / folder)
    ]


DATASETS.add(
    "viper",
    DatasetCard(
        title="VIPeR",
        read=_read,
        parts=_FOLDERS,
        mark="cam_a/*_*.*",
        published={
            "train": Count(632, 316),
            "query": Count(316, 316),
            "gallery": Count(316, 316),
        },
        cameras=2,
        splits=2 * _PARTITIONS,
        draw=_draw,
        source="Gray, Brennan and Tao, Evaluating Appearance Models, PETS 2007",
        terms="Open to everybody for research.",
    ),
)
