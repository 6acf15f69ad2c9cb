import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from passerby.datasets.listing import NameGrammar, list_pictures, nested, read_lines
from passerby.errors import InputError

GRAMMAR = NameGrammar(re.compile(r"(?P<identity>-?\d+)_c(?P<camera>\d+)\.jpg"), "0002_c1.jpg")


def test_numbers_are_read_from_the_whole_name() -> None:
    assert GRAMMAR.read("-1_c12.jpg") == {"identity": -1, "camera": 12}
    assert GRAMMAR.read("x0002_c1.jpg") is None
    assert GRAMMAR.read("0002_c1.jpg.txt") is None


@pytest.mark.parametrize("digits", [19, 30, 5_000])
def test_a_number_that_no_array_holds_is_none(digits: int) -> None:
    assert GRAMMAR.read(f"{'9' * digits}_c1.jpg") is None
    assert GRAMMAR.read(f"1_c{'9' * digits}.jpg") is None
    largest = GRAMMAR.read(f"{'9' * 18}_c1.jpg") or {}
    assert np.array([largest["identity"]], np.int64)[0] == 10**18 - 1


def test_all_names_are_read_in_their_order() -> None:
    read = GRAMMAR.read_all(["2_c1.jpg", "1_c2.jpg"], Path("place"))
    assert read == [
        ("2_c1.jpg", {"identity": 2, "camera": 1}),
        ("1_c2.jpg", {"identity": 1, "camera": 2}),
    ]


def test_misfits_are_counted_and_the_first_is_named() -> None:
    with pytest.raises(InputError) as raised:
        GRAMMAR.read_all(["2_c1.jpg", "cover.jpg", "Copy of 2_c1.jpg"], Path("place"))
    assert str(raised.value) == (
        "place: names must look like '0002_c1.jpg', 'cover.jpg' is not (2 such names): "
        "rename or remove them"
    )


def test_pictures_are_sorted_and_nothing_else_is_listed(tree: Callable[..., Path]) -> None:
    names = ["b.jpg", "a.PNG", "c.bmp", "Thumbs.db", ".hidden.jpg", "jpg", "d.jpg/e.jpg.txt"]
    root = tree([f"f/{name}" for name in names])
    assert list_pictures(root / "f") == ["a.PNG", "b.jpg", "c.bmp", "d.jpg"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="gone cannot be read"):
        list_pictures(tmp_path / "gone")


def test_text_is_read_without_empty_lines(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("a 1\r\n\r\n  b 2  \n", encoding="utf-8")
    assert read_lines(tmp_path / "list.txt") == ["a 1", "b 2"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_text_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "list.txt").write_bytes(content)
    with pytest.raises(InputError, match=r"list\.txt cannot be read"):
        read_lines(tmp_path / "list.txt")


def test_loops_of_links_are_no_folders(tmp_path: Path) -> None:
    (tmp_path / "query" / "real").mkdir(parents=True)
    (tmp_path / "query" / "linked").symlink_to("real")
    (tmp_path / "query" / "loop.jpg").symlink_to("loop.jpg")
    assert nested(tmp_path, ["query"]) == (
        "not read: 1 linked folder in query: move the pictures into query",
    )
