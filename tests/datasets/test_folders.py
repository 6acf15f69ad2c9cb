import re
from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.datasets.folders import read_folders
from passerby.datasets.index import Sample
from passerby.datasets.listing import NameGrammar

GRAMMAR = NameGrammar(re.compile(r"(?P<identity>-?\d+)_(?P<camera>\d+)\.png"), "1_1.png")


def test_minus_one_is_left_out_and_zero_is_a_distractor(tree: Callable[..., Path]) -> None:
    root = tree(["q/1_1.png", "g/deep/1_2.png", "g/deep/0_2.png", "g/deep/-1_2.png"])
    found = read_folders(root, {"query": "q", "gallery": "g/deep"}, GRAMMAR)
    assert found.samples == [
        Sample("q/1_1.png", 1, 1, "query"),
        Sample("g/deep/0_2.png", 0, 2, "gallery", distractor=True),
        Sample("g/deep/1_2.png", 1, 2, "gallery"),
    ]
    assert found.notes == ("1 junk image (identity -1) left out",)


@pytest.mark.parametrize("asked", ["q/0_1.png", "t/0_1.png"])
def test_zero_is_somebody_where_it_is_asked_for_or_trained_on(
    tree: Callable[..., Path], asked: str
) -> None:
    root = tree([asked, "g/1_2.png", "g/0_2.png"])
    found = read_folders(root, {"train": "t", "query": "q", "gallery": "g"}, GRAMMAR)
    assert len(found.samples) == 3
    assert not any(sample.distractor for sample in found.samples)
    assert found.notes == (
        "person 0 is in training or query images, so it counts like any other person",
    )


def test_nothing_is_said_where_nothing_is_left_out(tree: Callable[..., Path]) -> None:
    assert read_folders(tree(["q/1_1.png"]), {"query": "q"}, GRAMMAR).notes == ()
