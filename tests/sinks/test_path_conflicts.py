"""No file that is read is replaced, and none is written twice, whatever leads to it."""

from pathlib import Path

import pytest

from passerby.errors import OutputError
from passerby.sinks.path_conflicts import check_apart


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in: a picture, a list, a link to each, and another folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for name in ("in/a.png", "in/notes.txt", "boxes.json"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / "soft.json").symlink_to("boxes.json")
    (tmp_path / "hard.json").hardlink_to("boxes.json")
    (tmp_path / "again").symlink_to("in")
    return tmp_path


@pytest.mark.parametrize("name", ["boxes.json", "in/../boxes.json", "soft.json", "hard.json"])
def test_what_is_read_is_not_written(here: Path, name: str) -> None:
    for written, read in (("boxes.json", name), (name, here / "boxes.json")):
        with pytest.raises(OutputError, match="is read and would be overwritten: name another"):
            check_apart([written], [None, read])


@pytest.mark.parametrize(
    ("one", "other"),
    [("new.json", "in/../new.json"), ("new.json", "NEW.json"), ("soft.json", "hard.json")],
)
def test_nothing_is_written_twice(here: Path, one: str, other: str) -> None:
    with pytest.raises(OutputError, match="would be written twice: name another file"):
        check_apart([one, None, Path(other)], [])


@pytest.mark.parametrize("name", ["in/a.png", "again/a.png"])
def test_pictures_in_a_folder_that_is_read_are_not_written(here: Path, name: str) -> None:
    with pytest.raises(OutputError, match="is one of the files in"):
        check_apart([name], ["in"])


def test_everything_else_is_free(here: Path) -> None:
    written = ["new.png", "in/new.png", "in/notes.txt", "boxes.json", None]
    check_apart(written, ["in", "passerby-people", "rtsp://host/street", None])


@pytest.mark.parametrize("name", ["a\0b.json", "a\ud800.json"])
def test_what_no_file_can_be_called_is_told(here: Path, name: str) -> None:
    with pytest.raises(OutputError, match="no file can be called 'a"):
        check_apart([name], ["boxes.json"])
    check_apart(["new.json"], [name])  # whoever reads it says that it is not there
