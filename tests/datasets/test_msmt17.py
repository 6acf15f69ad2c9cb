from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.datasets import Sample, read_dataset
from passerby.errors import InputError

LISTS = {
    "list_train.txt": "0000/0000_000_01_0303morning_0015_0.jpg 0\n",
    "list_val.txt": "0000/0000_001_03_0303morning_0016_0.jpg 0\n",
    "list_query.txt": "0000/0000_000_13_0302noon_0105_0.jpg 0\n",
    "list_gallery.txt": "0000/0000_002_14_0302noon_0105_1.jpg 0\n"
    "0001/0001_000_02_0302noon_0106_0.jpg 1\n",
}


def msmt17(tree: Callable[..., Path], *folders: str, **changed: str) -> Path:
    root = tree([f"{folder}/0000/0000_000_01_0303morning_0015_0.jpg" for folder in folders])
    for name, text in (LISTS | {f"{key}.txt": text for key, text in changed.items()}).items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_lists_give_labels_and_the_third_field_the_camera(tree: Callable[..., Path]) -> None:
    dataset = read_dataset(msmt17(tree, "train", "test"))
    assert dataset.name == "msmt17"
    assert dataset.samples == (
        Sample("train/0000/0000_000_01_0303morning_0015_0.jpg", 0, 1, "train"),
        Sample("train/0000/0000_001_03_0303morning_0016_0.jpg", 0, 3, "validation"),
        Sample("test/0000/0000_000_13_0302noon_0105_0.jpg", 1041, 13, "query"),
        Sample("test/0000/0000_002_14_0302noon_0105_1.jpg", 1041, 14, "gallery"),
        Sample("test/0001/0001_000_02_0302noon_0106_0.jpg", 1042, 2, "gallery"),
    )
    assert not any("blurred" in warning for warning in dataset.warnings)


def test_the_second_edition_is_told_from_the_first(tree: Callable[..., Path]) -> None:
    dataset = read_dataset(msmt17(tree, "mask_train_v2", "mask_test_v2"))
    assert dataset.samples[0].path.startswith("mask_train_v2/0000/")
    assert dataset.samples[-1].path.startswith("mask_test_v2/0001/")
    assert "faces its authors have blurred" in dataset.warnings[0]


def test_folders_of_no_edition(tree: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="has neither the folders train and test nor"):
        read_dataset(msmt17(tree, "train", "mask_test_v2"))


@pytest.mark.parametrize("line", ["0000/0000_000_01_a_0.jpg", "0000/photo.jpg 3", "nothing"])
def test_a_line_that_does_not_fit(tree: Callable[..., Path], line: str) -> None:
    root = msmt17(tree, "train", "test", list_query=f"{line}\n")
    with pytest.raises(InputError, match=r"list_query\.txt: names must look like"):
        read_dataset(root)


@pytest.mark.parametrize(
    "climbing",
    ["../../in/0000_000_01_a.jpg", "/in/0000_000_01_a.jpg", "..\\in/0000_000_01_a.jpg"],
)
@pytest.mark.parametrize("name", ["list_train", "list_val", "list_query", "list_gallery"])
def test_a_list_that_leads_elsewhere_is_refused(
    tree: Callable[..., Path], name: str, climbing: str
) -> None:
    root = msmt17(tree, "train", "test", **{name: f"{climbing} 0\n"})
    with pytest.raises(InputError, match="is not inside it"):
        read_dataset(root)
