from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.datasets import Choice, Sample, read_dataset
from passerby.datasets.folder import grammar_of
from passerby.errors import ConfigError, InputError


def test_names_are_read_by_the_default_pattern(tree: Callable[..., Path]) -> None:
    dataset = read_dataset(tree(["query/0017_c2.jpg", "gallery/17_c12_x.jpg", "gallery/0_c1.png"]))
    assert dataset.name == "folder"
    assert dataset.samples == (
        Sample("query/0017_c2.jpg", 17, 2, "query"),
        Sample("gallery/0_c1.png", 0, 1, "gallery", distractor=True),
        Sample("gallery/17_c12_x.jpg", 17, 12, "gallery"),
    )
    assert dataset.warnings == ()


def test_a_pattern_of_ones_own(tree: Callable[..., Path]) -> None:
    root = tree(
        ["query/cam2.person17.a.jpg", "gallery/cam3.person17.b.jpg", "train/cam1.person4.j.jpg"]
    )
    dataset = read_dataset(root, choice=Choice(pattern="cam{camera}.person{id}.*"))
    assert [sample.identity for sample in dataset.samples] == [4, 17, 17]
    assert [sample.camera for sample in dataset.samples] == [1, 2, 3]


def test_characters_of_regular_expressions_stand_for_themselves() -> None:
    grammar = grammar_of("a.{id}+({camera})*")
    assert grammar.read("a.3+(4).jpg") == {"identity": 3, "camera": 4}
    assert grammar.read("ab3+(4).jpg") is None


@pytest.mark.parametrize("pattern", ["", "{id}_*", "{camera}", "{id}{id}{camera}", "{ID}_{camera}"])
def test_a_pattern_without_person_or_camera_is_refused(pattern: str) -> None:
    with pytest.raises(ConfigError, match=r"must hold \{id\} and \{camera\} once each"):
        grammar_of(pattern)


def test_names_that_do_not_fit_the_pattern(tree: Callable[..., Path]) -> None:
    root = tree(["query/anna_c2.jpg", "gallery/17_c2.jpg"])
    with pytest.raises(InputError, match=r"look like '\{id\}_c\{camera\}\*', 'anna_c2\.jpg' is"):
        read_dataset(root)
