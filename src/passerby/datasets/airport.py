"""Airport (ALERT): six cameras of an airport, most people seen by only one of them.

Three text files name images, people and cameras, line by line; paths have back-slashes. A file for
MATLAB tells which images are trained on, and for each pair of cameras which ones ask and answer:
the struct ``partition`` with ``idx_train`` and ``idx_test`` over all images, ``idx_probe`` and
``idx_gallery`` over those of the test, one row a split. Images of the query's camera count, as
Karanam et al. evaluate it.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.datasets.card import DATASETS, Choice, Count, DatasetCard, Found
from passerby.datasets.index import PublishedProtocol, Sample, Subset
from passerby.datasets.listing import read_lines
from passerby.datasets.matlab import read_mat
from passerby.errors import InputError

__all__: list[str] = []

PATHS, PEOPLE, CAMERAS = "filepath.txt", "personID.txt", "camID.txt"
_PARTITION_FILE = "Partition_airport.mat"
FIELDS = ("idx_test", "idx_probe", "idx_gallery")
_TRAINED = "idx_train"


def _read(root: Path, choice: Choice) -> Found:
    paths = [line.replace("\\", "/") for line in read_lines(root / PATHS)]
    people, cameras = _numbers(root / PEOPLE, len(paths)), _numbers(root / CAMERAS, len(paths))
    chosen = _chosen(root / _PARTITION_FILE, len(paths), choice.split)
    asked = set(people[chosen["query"]].tolist())
    samples = [
        Sample(
            paths[number],
            int(people[number]),
            int(cameras[number]),
            subset,
            distractor=subset == "gallery" and int(people[number]) not in asked,
        )
        for subset, numbers in chosen.items()
        for number in numbers
    ]
    return Found(samples)


def _numbers(path: Path, count: int) -> npt.NDArray[np.int64]:
    """One number a line, as many as there are images."""
    lines = read_lines(path)
    if len(lines) != count:
        raise InputError(f"{path} has {len(lines)} lines, {PATHS} has {count}: download both again")
    try:
        return np.array([int(float(line)) for line in lines], np.int64)
    except ValueError as error:
        raise InputError(
            f"{path} has a line that is not a number ({error}): download it again"
        ) from None


def _chosen(path: Path, count: int, split: int) -> dict[Subset, npt.NDArray[np.intp]]:
    """Numbers of the images of each subset."""
    partition = read_mat(path, "partition")["partition"]
    lacking = [name for name in FIELDS if name not in (partition.dtype.names or ())]
    if lacking:
        raise InputError(f"{path}: partition has no field {lacking[0]}: download it again")
    test, probe, gallery = (partition[name].ravel()[0] for name in FIELDS)
    is_trained = _TRAINED in (partition.dtype.names or ())
    train = partition[_TRAINED].ravel()[0] if is_trained else np.zeros(0)
    tested = _selected(test, np.arange(count), path)
    if not 0 <= split < len(probe):
        raise InputError(f"{path} has the splits 0 to {len(probe) - 1}, not {split}")
    return {
        "train": _selected(train, np.arange(count), path),
        "query": _selected(probe[split], tested, path),
        "gallery": _selected(gallery[split], tested, path),
    }


def _selected(
    index: npt.NDArray[Any], images: npt.NDArray[np.intp], path: Path
) -> npt.NDArray[np.intp]:
    """Those of ``images`` that a mask of their length, or a list of numbers from 1, chooses."""
    flat = np.asarray(index).ravel()
    if len(flat) == len(images) and flat.max(initial=0) <= 1:
        return images[np.flatnonzero(flat)]
    numbers = flat[flat > 0].astype(np.intp)
    if numbers.max(initial=0) > len(images):
        raise InputError(f"{path} names image {numbers.max()} of {len(images)}: download it again")
    return images[numbers - 1]


DATASETS.add(
    "airport",
    DatasetCard(
        title="Airport (ALERT)",
        read=_read,
        parts=(PATHS, PEOPLE, CAMERAS),
        mark=PATHS,
        published={"all": Count(39_902, 9_651)},
        cameras=6,
        splits=None,
        protocol=PublishedProtocol(same_camera="counted"),
        companions=(PATHS, PEOPLE, CAMERAS, _PARTITION_FILE),
        variables=("partition",),
        source="Karanam et al., A Systematic Evaluation and Benchmark, TPAMI 2018",
        terms="For research, on request.",
    ),
)
