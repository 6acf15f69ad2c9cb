"""CUHK03, detected or labelled boxes, in its new and in its classic protocol.

Its images come inside a file for MATLAB; here they are read from the folders that others extract
from it, with names such as ``1_001_2_06.png``: camera pair, person of this pair, camera of this
pair, image. The new protocol (Zhong et al., CVPR 2017) tells by numbers of images who is trained
on, the classic one by twenty lists.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from passerby.datasets.card import DATASETS, Choice, Count, Counts, DatasetCard, Found
from passerby.datasets.index import PublishedProtocol, Sample, Subset
from passerby.datasets.listing import NameGrammar
from passerby.datasets.matlab import read_mat
from passerby.errors import InputError
from passerby.files.plain import read_json

__all__: list[str] = []

_GRAMMAR = NameGrammar(
    re.compile(r"(?P<pair>\d)_(?P<person>\d+)_(?P<view>[12])_\d+\..+"), "1_001_2_06.png"
)
CLASSIC_SPLITS = 20
COMPANIONS = ("cuhk03_new_protocol_config_*.mat", "splits_classic_*.json")
SOURCE = "Li et al., DeepReID, CVPR 2014"
TERMS = "For research, on request."
SUBSETS_READ: tuple[Subset, ...] = ("train", "query", "gallery")
VARIABLES = ("filelist", *(f"{subset}_idx" for subset in SUBSETS_READ))


def _read_new(boxes: str, root: Path, _choice: Choice) -> Found:
    file = root / _new_config(boxes)
    content = read_mat(file, "filelist", optional=[f"{subset}_idx" for subset in SUBSETS_READ])
    names = [str(np.asarray(cell).item()) for cell in content["filelist"].ravel()]
    samples: list[Sample] = []
    for subset in SUBSETS_READ:
        if f"{subset}_idx" not in content:
            continue
        numbers = content[f"{subset}_idx"].ravel().astype(int)
        if numbers.min(initial=1) < 1 or numbers.max(initial=1) > len(names):
            raise InputError(
                f"{file}: {subset}_idx names images beyond the {len(names)} in filelist: "
                "download the file again"
            )
        samples += _samples(root, boxes, (names[number - 1] for number in numbers), subset)
    return Found(samples)


def _read_classic(boxes: str, root: Path, choice: Choice) -> Found:
    file = root / _classic_lists(boxes)
    lists = _lists(file, choice.split)
    return Found(
        [one for subset, names in lists.items() for one in _samples(root, boxes, names, subset)]
    )


def _lists(file: Path, split: int) -> dict[Subset, list[str]]:
    """File names of one split; each entry of a list is path, person and camera of an image."""
    try:
        lists = dict(read_json(file)[split])
        return {
            subset: [str(entry[0]).replace("\\", "/").rpartition("/")[2] for entry in lists[subset]]
            for subset in SUBSETS_READ
            if subset in lists
        }
    except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
        raise InputError(
            f"{file} does not hold {CLASSIC_SPLITS} splits with train, query and gallery: "
            "extract the data set again"
        ) from error


def _samples(root: Path, boxes: str, names: Iterable[str], subset: Subset) -> Iterator[Sample]:
    folder = _folder(boxes)
    for name, label in _GRAMMAR.read_all(names, root / folder):
        identity = 1_000 * label["pair"] + label["person"]
        yield Sample(f"{folder}/{name}", identity, 2 * label["pair"] - 2 + label["view"], subset)


def _folder(boxes: str) -> str:
    return f"images_{boxes}"


def _new_config(boxes: str) -> str:
    return f"cuhk03_new_protocol_config_{boxes}.mat"


def _classic_lists(boxes: str) -> str:
    return f"splits_classic_{boxes}.json"


def _add_new(name: str, boxes: str, published: Counts, *, recognised: bool) -> None:
    DATASETS.add(
        name,
        DatasetCard(
            title=f"CUHK03, {boxes} boxes, new protocol",
            read=partial(_read_new, boxes),
            parts=(_folder(boxes), _new_config(boxes)),
            mark=f"{_folder(boxes)}/*_*_*_*.*" if recognised else "",
            published=published,
            cameras=10,
            companions=COMPANIONS,
            variables=VARIABLES,
            source=f"{SOURCE}; protocol of Zhong et al., CVPR 2017",
            terms=TERMS,
        ),
    )


def _add_classic(name: str, boxes: str) -> None:
    tested = Count(identities=100)
    DATASETS.add(
        name,
        DatasetCard(
            title=f"CUHK03, {boxes} boxes, classic protocol",
            read=partial(_read_classic, boxes),
            parts=(_folder(boxes), _classic_lists(boxes)),
            published={"train": Count(identities=1_367), "query": tested, "gallery": tested},
            cameras=10,
            splits=CLASSIC_SPLITS,
            protocol=PublishedProtocol(single_shot=True),
            companions=COMPANIONS,
            variables=VARIABLES,
            source=SOURCE,
            terms=TERMS,
        ),
    )


_add_new(
    "cuhk03-detected",
    "detected",
    {"train": Count(7_365, 767), "query": Count(1_400, 700), "gallery": Count(5_332, 700)},
    recognised=True,
)
_add_classic("cuhk03-detected-classic", "detected")
_add_new(
    "cuhk03-labelled",
    "labeled",
    {"train": Count(7_368, 767), "query": Count(1_400, 700), "gallery": Count(5_328, 700)},
    recognised=False,
)
_add_classic("cuhk03-labelled-classic", "labeled")
