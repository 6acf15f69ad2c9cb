"""DukeMTMC-reID, for those who still hold it lawfully.

A name such as ``0005_c2_f0046985.jpg`` holds identity, camera and frame.
"""

import re
from pathlib import Path

from passerby.datasets.card import DATASETS, Choice, Count, DatasetCard, Found
from passerby.datasets.folders import read_folders
from passerby.datasets.listing import NameGrammar
from passerby.datasets.market1501 import FOLDERS

__all__: list[str] = []

_GRAMMAR = NameGrammar(
    re.compile(r"(?P<identity>-1|\d+)_c(?P<camera>\d+)_f\d+\..+"), "0005_c2_f0046985.jpg"
)


def _read(root: Path, _choice: Choice) -> Found:
    return read_folders(root, FOLDERS, _GRAMMAR)


DATASETS.add(
    "duke",
    DatasetCard(
        title="DukeMTMC-reID",
        read=_read,
        parts=tuple(FOLDERS.values()),
        optional=tuple(FOLDERS.values()),
        mark="bounding_box_t*/*_c*_f*.*",
        published={
            "train": Count(16_522, 702),
            "query": Count(2_228, 702),
            "gallery": Count(17_661, 1_110),
        },
        cameras=8,
        source="Ristani et al., ECCV Workshops 2016; Zheng et al., ICCV 2017",
        terms="Withdrawn in 2019; no longer distributed.",
        caution="DukeMTMC-reID was withdrawn by its authors in 2019, since the people in it had "
        "not agreed: use it only if you hold it lawfully, and say so where you report figures",
    ),
)
