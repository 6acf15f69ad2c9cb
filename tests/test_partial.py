"""Files that appear whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from passerby.errors import OutputError
from passerby.partial import PartialFile, write_error


def test_the_name_appears_on_commit_and_nothing_else_is_left(tmp_path: Path) -> None:
    partial = PartialFile(tmp_path / "out.mp4")
    partial.path.write_bytes(b"whole")
    assert partial.path.parent == tmp_path
    assert partial.path.name.startswith(".out.mp4.partial-")
    assert not (tmp_path / "out.mp4").exists()
    partial.commit()
    assert list(tmp_path.iterdir()) == [tmp_path / "out.mp4"]
    assert (tmp_path / "out.mp4").read_bytes() == b"whole"
    partial.abort()
    assert (tmp_path / "out.mp4").exists()


def test_abort_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_bytes(b"old")
    partial = PartialFile(tmp_path / "out.mp4")
    partial.path.write_bytes(b"new")
    partial.abort()
    partial.abort()
    assert list(tmp_path.iterdir()) == [tmp_path / "out.mp4"]
    assert (tmp_path / "out.mp4").read_bytes() == b"old"


def test_the_folder_is_made(tmp_path: Path) -> None:
    PartialFile(tmp_path / "a/b/out.mp4").commit()
    assert (tmp_path / "a/b/out.mp4").exists()


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    PartialFile(tmp_path / "out.mp4").commit()
    assert (tmp_path / "out.mp4").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_file_in_the_way_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is no folder that can be made"):
        PartialFile(tmp_path / "file/out.mp4")


def test_a_failing_commit_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").mkdir()
    partial = PartialFile(tmp_path / "out.mp4")
    with pytest.raises(OutputError):
        partial.commit()
    assert list(tmp_path.iterdir()) == [tmp_path / "out.mp4"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EFBIG, "disk is full"),
        (errno.EACCES, "permissions"),
        (errno.EROFS, "permissions"),
        (errno.EIO, "cannot be written"),
    ],
)
def test_every_reason_is_one_clear_line(number: int, words: str) -> None:
    message = str(write_error(Path("out.mp4"), OSError(number, os.strerror(number))))
    assert words in message
    assert message.startswith("out.mp4")
    assert "\n" not in message
