from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.datasets import Sample, read_dataset
from passerby.errors import InputError

NAMES = [
    "bounding_box_train/0002_c1s1_000451_03.jpg",
    "bounding_box_train/0002_c1s1_000551_01.jpg",
    "bounding_box_train/Thumbs.db",
    "query/0001_c1s1_001051_00.jpg",
    "bounding_box_test/0001_c12s1_001051_00.jpg",
    "bounding_box_test/0000_c1s1_000151_01.jpg",
    "bounding_box_test/-1_c1s1_000401_03.jpg",
    "bounding_box_test/-1_c2s1_000401_03.jpg",
    "gt_bbox/0001_c1s1_001051_00.jpg",
]


def test_names_are_read_junk_is_dropped_and_distractors_stay(tree: Callable[..., Path]) -> None:
    dataset = read_dataset(tree(NAMES))
    assert dataset.name == "market1501"
    assert dataset.samples == (
        Sample("bounding_box_train/0002_c1s1_000451_03.jpg", 2, 1, "train"),
        Sample("bounding_box_train/0002_c1s1_000551_01.jpg", 2, 1, "train"),
        Sample("query/0001_c1s1_001051_00.jpg", 1, 1, "query"),
        Sample("bounding_box_test/0000_c1s1_000151_01.jpg", 0, 1, "gallery", distractor=True),
        Sample("bounding_box_test/0001_c12s1_001051_00.jpg", 1, 12, "gallery"),
    )
    assert dataset.notes == ("2 junk images (identity -1) left out",)
    assert dataset.protocol.same_camera == "left out"


def test_distractors_may_be_called_anything(tree: Callable[..., Path]) -> None:
    root = tree([*NAMES, "images/0000_c6s3_1_01.jpg", "images/flickr 17.jpg"])
    plain, more = read_dataset(root), read_dataset(root, "market1501-500k")
    added = set(more.samples) - set(plain.samples)
    assert added == {
        Sample("images/0000_c6s3_1_01.jpg", 0, 6, "gallery", distractor=True),
        Sample("images/flickr 17.jpg", 0, 0, "gallery", distractor=True),
    }


def test_a_name_that_does_not_fit(tree: Callable[..., Path]) -> None:
    root = tree([*NAMES, "query/0005_c2_f0046985.jpg"])
    with pytest.raises(
        InputError, match=r"query: names must look like .* '0005_c2_f0046985\.jpg' is not"
    ):
        read_dataset(root)


@pytest.mark.shared
def test_real_images_give_the_counts_that_come_with_them(shared: Path) -> None:
    dataset = read_dataset(shared / "data" / "reid" / "market1501-500")
    parts = [dataset.part("train"), dataset.part("query"), dataset.part("gallery")]
    assert [len(part) for part in parts] == [6407, 663, 2103]
    assert [len(set(part.identities.tolist())) for part in parts] == [350, 150, 150]
    (warning,) = dataset.warnings
    assert "train 6,407 images (published: 12,936)" in warning
