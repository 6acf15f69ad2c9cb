"""Names of classes wherever they may be, and the numbers that users mean by them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.detections import Kind
from passerby.errors import ConfigError, ModelError
from passerby.models.classes import (
    Wanted,
    conventional_names,
    listed,
    names_in_file,
    names_in_metadata,
    numbers_of,
    people_among,
)
from passerby.models.coco import COCO, COCO_91

FILE = Path("own.onnx")


# --- Conventions ---------------------------------------------------------------------------


def test_coco_is_numbered_as_everybody_numbers_it() -> None:
    # From the data set's own list of categories: id 1 person, 3 car, 72 tv, 77 cell phone ...
    assert [COCO.index(name) for name in ("person", "car", "tv", "cell phone", "toothbrush")] == [
        0,
        2,
        62,
        67,
        79,
    ]
    by_id = {"person": 1, "car": 3, "stop sign": 13, "tv": 72, "cell phone": 77, "toothbrush": 90}
    assert {name: COCO_91.index(name) + 1 for name in by_id} == by_id
    assert len(set(COCO)) == 80
    assert [name for name in COCO_91 if name] == list(COCO)


def test_only_as_many_classes_as_coco_has_are_called_as_in_coco() -> None:
    assert conventional_names(80) == COCO
    assert conventional_names(90) == COCO_91
    assert [conventional_names(count) for count in (0, 1, 2, 79, 81, 91)] == [None] * 6


# --- Metadata ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{0: 'plate', 1: 'hot dog'}",
        '{"0": "plate", "1": "hot dog"}',
        "['plate', 'hot dog']",
        '["plate ", " hot dog"]',
        "('plate', 'hot dog')",
        "{1: 'hot dog', 0: 'plate'}",
    ],
)
@pytest.mark.parametrize("key", ["names", "classes"])
def test_names_are_read_from_what_exporters_write(key: str, text: str) -> None:
    assert names_in_metadata({key: text, "stride": "32"}, FILE) == ("plate", "hot dog")


def test_a_file_that_names_nothing_has_no_names() -> None:
    assert names_in_metadata({"stride": "32"}, FILE) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plate",
        "plate, screen",
        "'plate'",
        "{1: 'plate'}",
        "{0: 'a', 2: 'b'}",
        "7",
        "{'a', 'b'}",
        "None",
        "{'a': 'b'}",
        "[",
        "(" * 500,
        "__import__('os')",
        "{0.5: 'a', 0: 'b'}",
        "{None: 1}",
    ],
)
def test_names_that_cannot_be_understood_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(ModelError, match=r"own\.onnx: the names of its classes") as refused:
        names_in_metadata({"names": text}, FILE)
    assert "\n" not in str(refused.value)


@given(st.text())
def test_whatever_stands_there_is_read_or_refused(text: str) -> None:
    try:
        names = names_in_metadata({"names": text}, FILE)
    except ModelError:
        return
    assert names is None or all(isinstance(name, str) for name in names)


# --- Files ---------------------------------------------------------------------------------


def test_a_file_has_a_name_on_each_line(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes("\ufeffplate\r\n\r\n traffic light \r\nkäfer".encode())
    assert names_in_file(path) == ("plate", "traffic light", "käfer")


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe\x00", None])
def test_a_file_without_names_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "names.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"names\.txt"):
        names_in_file(path)


# --- Which are people, and which are meant -------------------------------------------------


def test_persons_and_heads_are_known_by_their_names_wherever_they_stand() -> None:
    names = ["car", "Person", "head", "pedestrian", "face", "object"]
    assert people_among(names) == {1: Kind.PERSON, 2: Kind.HEAD, 3: Kind.PERSON}
    assert people_among(["plate"]) == {}


def test_without_names_the_first_is_a_person() -> None:
    assert people_among(None) == {0: Kind.PERSON}


NAMES = ("plate", "screen", "Hot Dog", "plate", "7")


@pytest.mark.parametrize(
    ("classes", "numbers"),
    [
        (["screen"], [1]),
        (["PLATE"], [0, 3]),
        ([" hot dog "], [2]),
        (["1", "screen"], [1, 1]),
        (["7"], [4]),
        (["4", "0"], [4, 0]),
        ([], []),
    ],
)
def test_classes_are_meant_by_name_or_else_by_number(
    classes: list[str], numbers: list[int]
) -> None:
    assert numbers_of(classes, NAMES, 5, "own.onnx") == numbers


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("plates", "did you mean plate"),
        ("xyz", "it has plate, screen, Hot Dog, plate, 7"),
        ("5", "its last one is 4"),
        ("-1", "it has plate"),
        ("", "it has plate"),
        ("1.0", "it has plate"),
    ],
)
def test_a_class_that_is_none_is_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=rf"^own\.onnx has no class .*{hint}"):
        numbers_of([text], NAMES, 5, "own.onnx")


def test_an_empty_name_is_not_that_of_a_gap() -> None:
    with pytest.raises(ConfigError, match="no class ''"):
        numbers_of([""], COCO_91, 90, "own.onnx")


def test_without_names_there_are_numbers_alone() -> None:
    assert numbers_of(["3"], None, 5, "own.onnx") == [3]
    assert numbers_of(["300"], None, 0, "own.onnx") == [300]
    with pytest.raises(ConfigError, match=r"'plate'.*--class-names"):
        numbers_of(["plate"], None, 5, "own.onnx")


def test_a_long_list_is_cut_short() -> None:
    assert listed([str(number) for number in range(80)]).endswith("18, 19 and 60 more")


def test_a_class_may_be_of_two_kinds() -> None:
    wanted = Wanted.of((4, Kind.PERSON), (4, Kind.OBJECT))
    assert wanted.columns.tolist() == [4, 4]
    assert wanted.kinds.tolist() == [Kind.PERSON, Kind.OBJECT]
