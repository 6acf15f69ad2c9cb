"""A file is whole or not there."""

from pathlib import Path

import pytest

from passerby.errors import OutputError
from passerby.reproduce.text_files import write_text


def test_it_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    write_text(path, "ä")
    write_text(path, "ö")
    assert path.read_bytes() == "ö".encode()
    assert [one.name for one in path.parent.iterdir()] == ["a.txt"]


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is no folder that can be made"):
        write_text(tmp_path / "file" / "a.txt", "")


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch) -> None:
    write_text(tmp_path / "a.txt", "old")

    def full(path, text, encoding):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match="the disk is full"):
        write_text(tmp_path / "a.txt", "new")
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"old"]
