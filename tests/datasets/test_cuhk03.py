import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from passerby.datasets import Choice, Sample, read_dataset
from passerby.errors import InputError

NAMES = ["1_001_1_01.png", "1_001_2_06.png", "5_012_1_01.png", "5_012_2_06.png", "2_843_1_02.png"]


def cells(names: Sequence[str]) -> np.ndarray:
    """A column of text, as MATLAB has it."""
    column = np.empty((len(names), 1), object)
    column[:, 0] = list(names)
    return column


def new_protocol(root: Path, boxes: str, **index: list[int]) -> None:
    content = {"train_idx": [1, 2], "query_idx": [3], "gallery_idx": [4, 5]} | index
    arrays = {name: np.array([numbers]).T for name, numbers in content.items()}
    file = root / f"cuhk03_new_protocol_config_{boxes}.mat"
    savemat(file, {"filelist": cells(NAMES), **arrays})


@pytest.fixture
def root(tree: Callable[..., Path]) -> Path:
    root = tree([f"images_{boxes}/{name}" for boxes in ("detected", "labeled") for name in NAMES])
    new_protocol(root, "detected")
    new_protocol(root, "labeled", train_idx=[5], gallery_idx=[4])
    return root


def test_the_new_protocol_numbers_images_from_one(root: Path) -> None:
    dataset = read_dataset(root)
    assert dataset.name == "cuhk03-detected"
    assert dataset.samples == (
        Sample("images_detected/1_001_1_01.png", 1001, 1, "train"),
        Sample("images_detected/1_001_2_06.png", 1001, 2, "train"),
        Sample("images_detected/5_012_1_01.png", 5012, 9, "query"),
        Sample("images_detected/2_843_1_02.png", 2843, 3, "gallery"),
        Sample("images_detected/5_012_2_06.png", 5012, 10, "gallery"),
    )
    assert not dataset.protocol.single_shot


def test_labelled_boxes_have_a_protocol_of_their_own(root: Path) -> None:
    dataset = read_dataset(root, "cuhk03-labelled")
    assert [sample.path for sample in dataset.samples] == [
        "images_labeled/2_843_1_02.png",
        "images_labeled/5_012_1_01.png",
        "images_labeled/5_012_2_06.png",
    ]


def test_a_number_beyond_the_list_is_refused(root: Path) -> None:
    new_protocol(root, "detected", query_idx=[6])
    with pytest.raises(InputError, match="query_idx names images beyond the 5 in filelist"):
        read_dataset(root)


def lists(query: str) -> dict[str, list[list[object]]]:
    """As they are written elsewhere: with somebody's path, and labels of their own."""
    return {
        "train": [["/data/cuhk03/images_detected/1_001_1_01.png", 0, 0]],
        "query": [[f"data\\images_detected\\{query}", 77, 0]],
        "gallery": [["images_detected/5_012_2_06.png", 77, 1]],
    }


def test_the_classic_protocol_has_twenty_lists(root: Path) -> None:
    content = [lists("5_012_1_01.png"), lists("1_001_2_06.png")]
    (root / "splits_classic_detected.json").write_text(json.dumps(content), encoding="utf-8")
    first = read_dataset(root, "cuhk03-detected-classic")
    assert first.samples == (
        Sample("images_detected/1_001_1_01.png", 1001, 1, "train"),
        Sample("images_detected/5_012_1_01.png", 5012, 9, "query"),
        Sample("images_detected/5_012_2_06.png", 5012, 10, "gallery"),
    )
    assert first.protocol.single_shot
    second = read_dataset(root, "cuhk03-detected-classic", Choice(split=1))
    assert second.part("query").paths == ("images_detected/1_001_2_06.png",)
    with pytest.raises(InputError, match="does not hold 20 splits"):
        read_dataset(root, "cuhk03-detected-classic", Choice(split=2))


def test_lists_without_a_subset_are_read(root: Path) -> None:
    entry = ["/data/5_012_1_01.png", 0, 0]
    content = json.dumps([{"query": [entry]}])
    (root / "splits_classic_detected.json").write_text(content, encoding="utf-8")
    (sample,) = read_dataset(root, "cuhk03-detected-classic").samples
    assert (sample.subset, sample.identity) == ("query", 5012)


@pytest.mark.parametrize("content", ["", "3", "[3]", '[{"train": [3]}]', "[[[]]]", "[" * 9999])
def test_lists_of_another_kind_are_refused(root: Path, content: str) -> None:
    (root / "splits_classic_detected.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="does not hold 20 splits with train, query and gallery"):
        read_dataset(root, "cuhk03-detected-classic")


def test_a_list_that_leads_elsewhere_is_refused(root: Path) -> None:
    content = {"train_idx": [1, 2], "query_idx": [3], "gallery_idx": [4, 5]}
    arrays = {name: np.array([numbers]).T for name, numbers in content.items()}
    names = ["1_001_1_01./../../in/a.png", *NAMES[1:]]
    config = root / "cuhk03_new_protocol_config_detected.mat"
    savemat(config, {"filelist": cells(names), **arrays})
    with pytest.raises(InputError, match="is not inside it"):
        read_dataset(root)
