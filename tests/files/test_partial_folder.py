"""A folder appears whole or not at all, and takes nobody's place."""

from pathlib import Path

import pytest

from passerby.errors import OutputError
from passerby.files.partial_folder import PartialFolder, write_new


@pytest.mark.parametrize("there", [True, False])
def test_it_appears_when_all_is_written(tmp_path: Path, there: bool) -> None:
    target = tmp_path / "a" / "out"
    if there:
        target.mkdir(parents=True)
    with PartialFolder(target) as folder:
        (folder / "sub").mkdir()
        write_new(folder / "sub" / "a.txt", "\u00e4")
        write_new(folder / "b", b"b")
        assert not (target / "b").exists()
    assert (target / "sub" / "a.txt").read_text(encoding="utf-8") == "\u00e4"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_error_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), PartialFolder(tmp_path / "out") as folder:  # noqa: PT012
        write_new(folder / "a", "a")
        raise error
    assert list(tmp_path.iterdir()) == []


def test_what_the_disk_says_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="disk is full"), PartialFolder(tmp_path / "out"):
        raise OSError(28, "No space left on device")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be made"):
        PartialFolder(tmp_path / "file" / "out")


def test_a_folder_that_was_filled_meanwhile_stays(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with (  # noqa: PT012 - the folder is filled in between
        pytest.raises(OutputError, match="is not empty"),
        PartialFolder(target) as folder,
    ):
        write_new(folder / "a", "ours")
        target.mkdir()
        (target / "b").write_text("theirs")
    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] == ["theirs"]


def test_a_link_of_its_name_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").symlink_to("in")
    with pytest.raises(OutputError), PartialFolder(tmp_path / "out") as folder:
        write_new(folder / "a", "ours")
    assert list((tmp_path / "in").iterdir()) == []


def test_a_new_file_replaces_nothing_and_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "c").symlink_to("nowhere")
    for name in "abc":
        with pytest.raises(FileExistsError):
            write_new(tmp_path / name, "new")
    assert (tmp_path / "a").read_text() == "old"
    assert not (tmp_path / "nowhere").exists()
