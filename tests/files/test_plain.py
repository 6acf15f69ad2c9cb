"""Files are read, pipes and devices are not waited for."""

import json
import os
from pathlib import Path

import pytest

from passerby.files.plain import is_plain, kind_of, open_plain, parse_json, read_json, read_text


def test_a_file_is_read_also_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\r\ntwo\rthree\n")
    (tmp_path / "b.txt").symlink_to("a.txt")
    assert read_text(tmp_path / "b.txt") == "one\ntwo\nthree\n"
    with open_plain(os.fsencode(tmp_path / "a.txt").decode()) as file:
        assert file.read(3) == b"one"
    assert is_plain(tmp_path / "b.txt")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (os.mkfifo, "it is a named pipe, not a file"),
        (os.mkdir, "Is a directory"),
        (lambda path: path.symlink_to("/dev/zero"), "it is a device, not a file"),
        (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
        (lambda path: None, "No such file or directory"),
    ],
)
def test_what_is_no_file_is_an_error_of_the_system(tmp_path: Path, make: object, told: str) -> None:
    path = tmp_path / "a"
    make(path)  # type: ignore[operator]
    with pytest.raises(OSError, match=told) as raised:
        open_plain(path)
    assert raised.value.filename == str(path)


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_a_name_that_no_file_can_have_is_an_error_of_the_system(name: str) -> None:
    with pytest.raises(OSError, match=r"null|long"):
        open_plain(name)


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        with pytest.raises(OSError, match="pipe"):
            open_plain(tmp_path / "a")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_what_is_not_there_might_be_a_file(tmp_path: Path) -> None:
    assert is_plain(tmp_path / "gone")
    assert not is_plain(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a":' * 100_000])
def test_what_is_no_json_is_a_value_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"nested too deeply|Expecting"):
        read_json(tmp_path / "a.json")


def test_json_is_json() -> None:
    value = {"a": [1, None, "caf\udce9"]}
    assert parse_json(json.dumps(value)) == value


@pytest.mark.parametrize(("mode", "kind"), [(0o040755, "a folder"), (0o140644, "a socket")])
def test_kinds_have_names(mode: int, kind: str) -> None:
    assert kind_of(mode) == kind
