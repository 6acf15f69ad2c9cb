import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.datasets import Choice, Sample, read_dataset
from passerby.datasets.checks import unanswered
from passerby.datasets.name_pattern import NamePattern, numbered
from passerby.errors import ConfigError, InputError


def test_names_are_read_by_the_default_pattern(tree: Callable[..., Path]) -> None:
    dataset = read_dataset(tree(["query/0017_c2.jpg", "gallery/17_c12_x.jpg", "gallery/0_c1.png"]))
    assert dataset.name == "folder"
    assert dataset.samples == (
        Sample("query/0017_c2.jpg", 17, 2, "query"),
        Sample("gallery/0_c1.png", 0, 1, "gallery", distractor=True),
        Sample("gallery/17_c12_x.jpg", 17, 12, "gallery"),
    )
    (warning,) = dataset.warnings
    assert warning == (
        "1 person has their number written in several ways, such as 0017 and 17: "
        "if these are several people, rename them"
    )


@pytest.mark.parametrize(
    ("who", "warned"),
    [(["7", "8"], False), (["007", "8", "7"], True), (["0", "0000"], False), (["007", "a"], False)],
)
def test_numbers_that_differ_only_in_their_zeros_are_told(
    tree: Callable[..., Path], who: list[str], warned: bool
) -> None:
    dataset = read_dataset(tree([f"query/{one}/c1.jpg" for one in who] + ["gallery/9/c1.jpg"]))
    told = [one for one in dataset.warnings if "written in several ways, such as 007 and 7" in one]
    assert bool(told) == warned


def test_a_pattern_of_ones_own(tree: Callable[..., Path]) -> None:
    root = tree(
        ["query/cam2.person17.a.jpg", "gallery/cam3.person17.b.jpg", "train/cam1.person4.j.jpg"]
    )
    dataset = read_dataset(root, choice=Choice(pattern="cam{camera}.person{id}.*"))
    assert [sample.identity for sample in dataset.samples] == [4, 17, 17]
    assert [sample.camera for sample in dataset.samples] == [1, 2, 3]


def test_characters_of_regular_expressions_stand_for_themselves() -> None:
    pattern = NamePattern("a.{id}+({camera})*")
    assert pattern.read(["a.3+(4).jpg"], Path("query")) == [("3", 4)]
    assert not pattern.fits(["ab3+(4).jpg"])


@pytest.mark.parametrize(
    "pattern", ["", "{camera}", "{id}{id}{camera}", "{ID}_{camera}", "{id}_{camera}_{camera}"]
)
def test_a_pattern_without_a_person_or_with_two_cameras_is_refused(pattern: str) -> None:
    with pytest.raises(ConfigError, match=r"must hold \{id\} once, and \{camera\} once if"):
        NamePattern(pattern)


def test_numbers_that_64_bits_do_not_hold_are_names(tree: Callable[..., Path]) -> None:
    stamp = "202611301234567890123456"
    names = [f"query/{stamp}_c1.jpg", "query/5_c1.jpg", f"gallery/{stamp}_c2.jpg"]
    dataset = read_dataset(tree(names))
    assert dataset.names == {1: stamp, 2: "5"}
    assert dataset.part("query").identities.tolist() == [1, 2]
    assert dataset.part("gallery").identities.tolist() == [1]


def test_a_camera_that_64_bits_do_not_hold_is_no_camera(tree: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="names must look like"):
        read_dataset(tree([f"query/5_c{'9' * 24}.jpg", "gallery/5_c1.jpg"]))


def test_names_that_do_not_fit_the_pattern(tree: Callable[..., Path]) -> None:
    root = tree(["query/anna.jpg", "gallery/17_c2.jpg"])
    with pytest.raises(InputError, match=r"look like '\{id\}_c\{camera\}\*', 'anna\.jpg' is"):
        read_dataset(root)


def test_people_may_have_names_and_are_numbered_in_their_order(tree: Callable[..., Path]) -> None:
    root = tree(["query/zoë_b_c2.jpg", "gallery/anna_c2_1.jpg", "gallery/zoë_b_c1.jpg"])
    dataset = read_dataset(root)
    assert dataset.names == {1: "anna", 2: "zoë_b"}
    labels = {sample.path: (sample.identity, sample.camera) for sample in dataset.samples}
    assert labels == {
        "query/zoë_b_c2.jpg": (2, 2),
        "gallery/anna_c2_1.jpg": (1, 2),
        "gallery/zoë_b_c1.jpg": (2, 1),
    }
    assert any("numbered in their order: 1 is anna, 2 is zoë_b" in one for one in dataset.notes)


def test_among_names_minus_one_is_junk_and_zero_nobody(tree: Callable[..., Path]) -> None:
    root = tree(["query/bo_c1.jpg", "gallery/bo_c2.jpg", "gallery/0_c3.jpg", "gallery/-1_c3.jpg"])
    dataset = read_dataset(root)
    assert [(one.identity, one.distractor) for one in dataset.samples] == [
        (1, False),
        (0, True),
        (1, False),
    ]


NAMES = st.text("abcdefgåé_- 0123456789", min_size=1, max_size=8).filter(
    lambda name: name.strip(" ") == name and "_c" not in name and name not in ("-1", "0")
)


@given(people=st.lists(NAMES, min_size=1, max_size=6, unique=True))
def test_whatever_people_are_called_each_is_one_number(people: list[str]) -> None:
    read = NamePattern("{id}_c{camera}*").read([f"{one}_c3.jpg" for one in people], Path("query"))
    assert read == [(one, 3) for one in people]
    numbers = numbered([who for who, _ in read])
    if not all(re.fullmatch(r"-?[0-9]+", one) for one in people):
        assert [numbers[one] for one in sorted(people)] == list(range(1, len(people) + 1))


@pytest.mark.parametrize(
    ("names", "cameras", "pattern"),
    [
        (["anna/c2_1.jpg", "bo/c4_x.jpg"], [2, 4], "{id}/c{camera}*"),
        (["anna/1.jpg", "bo/portrait.png"], [0, 0], "{id}/*"),
    ],
)
def test_each_person_may_have_a_folder(
    tree: Callable[..., Path], names: list[str], cameras: list[int], pattern: str
) -> None:
    root = tree([f"{subset}/{name}" for subset in ("query", "gallery") for name in names])
    dataset = read_dataset(root)
    assert dataset.names == {1: "anna", 2: "bo"}
    part = dataset.part("query")
    assert (part.identities.tolist(), part.cameras.tolist()) == ([1, 2], cameras)
    assert f"names are read as {pattern}" in dataset.notes
    assert not dataset.unread
    assert (dataset.protocol.same_camera == "counted") == (cameras == [0, 0])
    assert bool(unanswered(dataset)) == (cameras != [0, 0])
    assert read_dataset(root, pattern=pattern).sha256 == dataset.sha256


def test_linked_folders_of_people_are_told(tree: Callable[..., Path]) -> None:
    root = tree(["query/anna/1.jpg", "gallery/anna/2.jpg", "elsewhere/3.jpg"])
    (root / "query" / "bo").symlink_to(root / "elsewhere")
    assert read_dataset(root).unread == (
        "1 linked folders below query were not read: copy them there",
    )


@pytest.mark.parametrize("wrong", [None, 3, b"people"])
def test_what_is_no_folder_is_refused(wrong: object) -> None:
    with pytest.raises(ConfigError, match="a data set is read from its folder"):
        read_dataset(wrong)  # type: ignore[arg-type]


def test_a_pattern_in_the_place_of_a_choice_is_refused(tree: Callable[..., Path]) -> None:
    root = tree(["query/0017_c2.jpg"])
    with pytest.raises(ConfigError, match="a pattern is given as pattern="):
        read_dataset(root, "folder", "{id}_c{camera}*")  # type: ignore[arg-type]
    assert read_dataset(str(root), pattern="{id}_c{camera}*").name == "folder"
