from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from passerby.datasets import Choice, Sample, read_dataset
from passerby.errors import InputError

PATHS = [
    f"cam{camera}\\{person}\\{number}.jpg"
    for number, (camera, person) in enumerate(
        [(32, 11001), (33, 11001), (32, 11002), (33, 11002), (33, 1320011), (33, 11003)]
    )
]
PEOPLE = [11001, 11001, 11002, 11002, 1320011, 11003]
CAMERAS = [32, 33, 32, 33, 33, 33]

PARTITION = {
    "idx_train": [1, 1, 0, 0, 0, 0],
    "idx_test": [0, 0, 1, 1, 1, 1],
    "idx_probe": [[1, 0, 0, 0], [0, 1, 0, 0]],
    "idx_gallery": [[0, 1, 1, 0], [1, 0, 0, 1]],
}


def airport(tree: Callable[..., Path], **changed: Any) -> Path:
    root = tree([path.replace("\\", "/") for path in PATHS])
    (root / "filepath.txt").write_text("\r\n".join(PATHS), encoding="utf-8")
    (root / "personID.txt").write_text("\n".join(map(str, PEOPLE)), encoding="utf-8")
    (root / "camID.txt").write_text("\n".join(map(str, CAMERAS)), encoding="utf-8")
    fields = {name: np.array(value) for name, value in (PARTITION | changed).items()}
    savemat(root / "Partition_airport.mat", {"partition": fields})
    return root


EXPECTED = (
    Sample("cam32/11001/0.jpg", 11001, 32, "train"),
    Sample("cam33/11001/1.jpg", 11001, 33, "train"),
    Sample("cam32/11002/2.jpg", 11002, 32, "query"),
    Sample("cam33/11002/3.jpg", 11002, 33, "gallery"),
    Sample("cam33/1320011/4.jpg", 1320011, 33, "gallery", distractor=True),
)


def test_masks_choose_images_and_whoever_is_not_asked_for_is_a_distractor(
    tree: Callable[..., Path],
) -> None:
    dataset = read_dataset(airport(tree))
    assert dataset.name == "airport"
    assert dataset.samples == EXPECTED
    assert dataset.protocol.same_camera == "counted"
    second = read_dataset(dataset.root, choice=Choice(split=1))
    assert second.part("query").paths == ("cam33/11002/3.jpg",)
    assert second.part("gallery").distractors.tolist() == [False, True]


def test_numbers_from_one_may_stand_for_masks(tree: Callable[..., Path]) -> None:
    numbers = {"idx_probe": [[1, 0], [2, 0]], "idx_gallery": [[2, 3], [1, 4]]}
    assert read_dataset(airport(tree, **numbers)).samples == EXPECTED


def test_lists_of_different_lengths_are_refused(tree: Callable[..., Path]) -> None:
    root = airport(tree)
    (root / "camID.txt").write_text("32\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"camID\.txt has 1 lines, filepath\.txt has 6"):
        read_dataset(root)


def test_a_line_that_is_no_number_is_refused(tree: Callable[..., Path]) -> None:
    root = airport(tree)
    (root / "personID.txt").write_text("a\n" * 6, encoding="utf-8")
    with pytest.raises(InputError, match=r"personID\.txt has a line that is not a number"):
        read_dataset(root)


def test_a_partition_that_does_not_fit_is_refused(tree: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match=r"has the splits 0 to 1, not 2"):
        read_dataset(airport(tree), choice=Choice(split=2))
    with pytest.raises(InputError, match="names image 9 of 4"):
        read_dataset(airport(tree, idx_probe=[[9, 0], [2, 0]]))


def test_a_partition_without_a_field_is_refused(tree: Callable[..., Path]) -> None:
    root = airport(tree)
    savemat(root / "Partition_airport.mat", {"partition": {"idx_train": np.zeros(6)}})
    with pytest.raises(InputError, match="partition has no field idx_test"):
        read_dataset(root)
    savemat(root / "Partition_airport.mat", {"partition": 3})
    with pytest.raises(InputError, match="partition has no field idx_test"):
        read_dataset(root)


@pytest.mark.parametrize(
    "climbing", ["..\\in\\a.jpg", "/in/a.jpg", "cam32\\..\\..\\a.jpg", "\\a.jpg"]
)
def test_a_list_that_leads_elsewhere_is_refused(tree: Callable[..., Path], climbing: str) -> None:
    root = airport(tree)
    (root / "filepath.txt").write_text("\n".join([climbing, *PATHS[1:]]), encoding="utf-8")
    with pytest.raises(InputError, match="is not inside it"):
        read_dataset(root)
