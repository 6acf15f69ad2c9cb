from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.datasets import Choice, ReidDataset, read_dataset
from passerby.datasets.checks import count_of
from passerby.datasets.splits import SPLIT_FILE, Partitions, drawn, write_partitions
from passerby.errors import ConfigError, InputError

PEOPLE = (0, 1, 5, 7, 100, 872)


@pytest.fixture
def root(tree: Callable[..., Path]) -> Path:
    names = [f"cam_a/{person:03d}_45.bmp" for person in PEOPLE]
    return tree(names + [f"cam_b/{person:03d}_{90 + person % 2}.bmp" for person in PEOPLE])


def people(dataset: ReidDataset, subset: str) -> set[int]:
    return {sample.identity for sample in dataset.samples if sample.subset == subset}


def test_half_of_the_people_are_trained_on_and_cameras_ask_in_turn(root: Path) -> None:
    there, back = (read_dataset(root, choice=Choice(split=split)) for split in (0, 1))
    assert there.name == "viper"
    for dataset in (there, back):
        assert len(people(dataset, "train")) == 3
        assert people(dataset, "query") == people(dataset, "gallery")
        assert people(dataset, "train") | people(dataset, "query") == set(PEOPLE)
    assert people(there, "train") == people(back, "train")
    assert {one.camera for one in there.samples if one.subset == "query"} == {1}
    assert {one.camera for one in back.samples if one.subset == "query"} == {2}
    assert {one.path[:5] for one in back.samples if one.subset == "query"} == {"cam_b"}


def test_person_0_counts_like_all_others(root: Path) -> None:
    assert count_of(read_dataset(root).samples).identities == len(PEOPLE)


def test_there_are_ten_partitions_that_differ(root: Path) -> None:
    trained = [people(read_dataset(root, choice=Choice(split=k)), "train") for k in range(20)]
    assert trained[::2] == trained[1::2]
    assert len({frozenset(one) for one in trained}) > 5
    expected = drawn("viper", PEOPLE, 3, 10, seed=0)
    assert [set(part) for part in expected.train] == trained[::2]


def test_a_split_file_wins_over_the_default_and_a_given_one_over_that(root: Path) -> None:
    lying = Partitions("viper", 5, ((0, 1, 5),) * 10)
    write_partitions(root / SPLIT_FILE, lying)
    dataset = read_dataset(root)
    assert people(dataset, "train") == {0, 1, 5}
    assert dataset.notes == (str(lying),)
    given = Partitions("viper", 6, ((7, 100, 872),) * 10)
    chosen = read_dataset(root, choice=Choice(partitions=given))
    assert people(chosen, "train") == {7, 100, 872}


def test_splits_of_another_data_set_are_refused(root: Path) -> None:
    given = Partitions("grid", None, ((0, 1, 17),) * 10)
    with pytest.raises(InputError, match="the splits name identity 17, which the data set does"):
        read_dataset(root, choice=Choice(partitions=given))


def test_a_split_that_is_not_there(root: Path) -> None:
    with pytest.raises(ConfigError, match="viper has the splits 0 to 19, not 20"):
        read_dataset(root, choice=Choice(split=20))
