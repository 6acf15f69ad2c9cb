from collections.abc import Callable
from pathlib import Path

from passerby.datasets import Sample, read_dataset


def test_names_are_read_and_it_is_said_that_it_was_withdrawn(tree: Callable[..., Path]) -> None:
    root = tree(
        [
            "bounding_box_train/0001_c2_f0046182.jpg",
            "query/0005_c2_f0046985.jpg",
            "bounding_box_test/0002_c1_f0044158.jpg",
            "bounding_box_test/0005_c8_f0046985.jpg",
        ]
    )
    dataset = read_dataset(root)
    assert dataset.name == "duke"
    assert dataset.samples == (
        Sample("bounding_box_train/0001_c2_f0046182.jpg", 1, 2, "train"),
        Sample("query/0005_c2_f0046985.jpg", 5, 2, "query"),
        Sample("bounding_box_test/0002_c1_f0044158.jpg", 2, 1, "gallery"),
        Sample("bounding_box_test/0005_c8_f0046985.jpg", 5, 8, "gallery"),
    )
    assert "was withdrawn by its authors in 2019" in dataset.warnings[0]
