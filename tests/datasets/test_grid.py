from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from passerby.datasets import Choice, Sample, read_dataset
from passerby.datasets.reading import draw_partitions
from passerby.datasets.splits import SPLIT_FILE, write_partitions
from passerby.errors import InputError

NAMES = [
    "probe/0001_1_25004_107_32_106_221.jpeg",
    "probe/0002_2_1_1_1_1_1.jpeg",
    "gallery/0000_5_1_1_1_1_1.jpeg",
    "gallery/0001_6_1_1_1_1_1.jpeg",
    "gallery/0002_7_1_1_1_1_1.jpeg",
]


def partition_file(root: Path, *partitions: list[int]) -> None:
    """Cells of structs whose third field holds who is trained on."""
    row = np.empty((1, len(partitions)), object)
    for number, people in enumerate(partitions):
        row[0, number] = {"first": 0, "second": 0, "third": np.array(people)}
    savemat(root / "features_and_partitions.mat", {"trainIdxAll": row, "features": np.ones(4)})


@pytest.fixture
def root(tree: Callable[..., Path]) -> Path:
    root = tree(NAMES)
    partition_file(root, [1], [2])
    return root


def test_partitions_are_those_of_the_authors(root: Path) -> None:
    dataset = read_dataset(root)
    assert dataset.name == "grid"
    assert dataset.samples == (
        Sample("gallery/0001_6_1_1_1_1_1.jpeg", 1, 6, "train"),
        Sample("probe/0001_1_25004_107_32_106_221.jpeg", 1, 1, "train"),
        Sample("probe/0002_2_1_1_1_1_1.jpeg", 2, 2, "query"),
        Sample("gallery/0000_5_1_1_1_1_1.jpeg", 0, 5, "gallery", distractor=True),
        Sample("gallery/0002_7_1_1_1_1_1.jpeg", 2, 7, "gallery"),
    )
    assert "chosen by the authors" in dataset.notes[0]
    second = read_dataset(root, choice=Choice(split=1))
    assert second.part("query").identities.tolist() == [1]


def test_a_split_file_stands_in_for_the_file_with_the_features(root: Path) -> None:
    partitions = draw_partitions(root)
    assert partitions.train == ((1,), (2,))
    expected = read_dataset(root).samples
    (root / "features_and_partitions.mat").unlink()
    with pytest.raises(InputError, match=r"features_and_partitions\.mat does not exist"):
        read_dataset(root)
    write_partitions(root / SPLIT_FILE, partitions)
    assert read_dataset(root).samples == expected


def test_a_variable_of_another_kind_is_refused(root: Path) -> None:
    savemat(root / "features_and_partitions.mat", {"trainIdxAll": np.arange(10)})
    with pytest.raises(InputError, match="trainIdxAll does not have the expected structure"):
        read_dataset(root)
