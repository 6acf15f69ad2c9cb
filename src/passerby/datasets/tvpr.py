"""TVPR: people from straight above, as still pictures.

The data set comes as 23 videos with depth. Johansson and Lundberg (section 3.2) took six stills of
each of the 100 people from them and cropped these. This reads such stills from one folder: a name
such as ``017_3.png`` holds person and still. 70 % of the people are trained on. The lowest still of
each of the others is a query, the others make the gallery. As there is one camera, images of the
query's camera count.
"""

import re
from dataclasses import replace
from pathlib import Path

from passerby.datasets.card import DATASETS, Choice, Count, DatasetCard, Found
from passerby.datasets.index import PublishedProtocol, Sample
from passerby.datasets.listing import NameGrammar, list_pictures, nested
from passerby.datasets.splits import Partitions, drawn

__all__: list[str] = []

_FOLDER = "stills"
_GRAMMAR = NameGrammar(re.compile(r"(?P<identity>\d+)_(?P<still>\d+)\..+"), "017_3.png")
TRAINED_SHARE = 0.7
_PARTITIONS = 10


def _read(root: Path, choice: Choice) -> Found:
    stills = _stills(root)
    partitions = choice.partitions or _draw(root, seed=0)
    trained = partitions.of(choice.split, {sample.identity for sample in stills.values()})
    first: dict[int, tuple[int, int]] = {}
    for key in sorted(stills):
        first.setdefault(key[0], key)
    samples = [
        sample
        if sample.identity in trained
        else replace(sample, subset="query" if first[sample.identity] == key else "gallery")
        for key, sample in stills.items()
    ]
    return Found(samples, (str(partitions),), unread=nested(root, [_FOLDER]))


def _draw(root: Path, seed: int) -> Partitions:
    everybody = {sample.identity for sample in _stills(root).values()}
    return drawn("tvpr", everybody, round(TRAINED_SHARE * len(everybody)), _PARTITIONS, seed)


def _stills(root: Path) -> dict[tuple[int, int], Sample]:
    """All images by person and still, as if all of them were to train on."""
    folder = root / _FOLDER
    return {
        (label["identity"], label["still"]): Sample(
            f"{_FOLDER}/{name}", label["identity"], 1, "train"
        )
        for name, label in _GRAMMAR.read_all(list_pictures(folder), folder)
    }


DATASETS.add(
    "tvpr",
    DatasetCard(
        title="TVPR, stills",
        read=_read,
        parts=(_FOLDER,),
        mark=f"{_FOLDER}/*_*.*",
        published={"all": Count(600, 100)},
        cameras=1,
        splits=_PARTITIONS,
        protocol=PublishedProtocol(same_camera="counted"),
        draw=_draw,
        source="Liciotti et al., Person Re-identification Dataset with RGB-D Camera, VAAM 2016",
        terms="For research, on request.",
    ),
)
