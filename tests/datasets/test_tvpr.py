from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.datasets import Choice, read_dataset
from passerby.datasets.splits import Partitions
from passerby.errors import InputError


def test_the_lowest_still_of_each_tested_person_is_a_query(tree: Callable[..., Path]) -> None:
    root = tree([f"stills/{person:03d}_{still}.png" for person in (1, 2) for still in (3, 10, 2)])
    dataset = read_dataset(root, choice=Choice(partitions=Partitions("tvpr", 0, ((1,),))))
    assert dataset.name == "tvpr"
    assert dataset.part("train").identities.tolist() == [1, 1, 1]
    assert dataset.part("query").paths == ("stills/002_2.png",)
    assert dataset.part("gallery").paths == ("stills/002_10.png", "stills/002_3.png")
    assert set(dataset.part("gallery").cameras.tolist()) == {1}
    assert dataset.protocol.same_camera == "counted"


def test_seven_of_ten_are_trained_on(tree: Callable[..., Path]) -> None:
    root = tree([f"stills/{person}_{still}.png" for person in range(1, 11) for still in (1, 2)])
    dataset = read_dataset(root)
    assert len(set(dataset.part("train").identities.tolist())) == 7
    assert len(dataset.part("query")) == len(dataset.part("gallery")) == 3


def test_a_name_that_does_not_fit(tree: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match=r"stills: names must look like '017_3\.png'"):
        read_dataset(tree(["stills/001_1.png", "stills/g001.png"]), "tvpr")
