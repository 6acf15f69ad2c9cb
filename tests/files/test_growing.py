"""What later runs go on with is never another file."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.errors import OutputError
from passerby.files.growing import open_to_go_on
from passerby.files.output_folder import OutputFolder


def test_it_is_begun_and_gone_on_with(tmp_path: Path) -> None:
    for line in (b"first\n", b"second\n"):
        with open_to_go_on(tmp_path / "log") as file:
            assert file.tell() == 0
            file.seek(0, os.SEEK_END)
            file.write(line)
    assert (tmp_path / "log").read_bytes() == b"first\nsecond\n"


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_link_is_refused(tmp_path: Path, link: Callable[[Path, Path], None]) -> None:
    (tmp_path / "precious").write_text("raw")
    link(tmp_path / "precious", tmp_path / "log")
    with pytest.raises(OutputError, match="is a link or not a plain file"):
        open_to_go_on(tmp_path / "log")
    assert (tmp_path / "precious").read_text() == "raw"


def test_a_link_to_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to("nowhere")
    with pytest.raises(OutputError, match="is a link"):
        open_to_go_on(tmp_path / "log")
    assert not (tmp_path / "nowhere").exists()


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log")
    with pytest.raises(OutputError, match="is a link or not a plain file"):
        open_to_go_on(tmp_path / "log")


def test_one_run_at_a_time_goes_on_with_it(tmp_path: Path) -> None:
    with (
        open_to_go_on(tmp_path / "log"),
        pytest.raises(OutputError, match="log is being written into by another run"),
    ):
        open_to_go_on(tmp_path / "log")
    open_to_go_on(tmp_path / "log").close()


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be made"):
        open_to_go_on(tmp_path / "file" / "log")


def test_in_a_folder_that_is_locked_it_goes_where_that_is(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "log").write_text("raw")
    with OutputFolder.made(tmp_path / "out").locked():
        (tmp_path / "out" / "sub").symlink_to("../in")
        with pytest.raises(OutputError, match="sub is a link"):
            open_to_go_on(tmp_path / "out" / "sub" / "log")
    assert (tmp_path / "in" / "log").read_text() == "raw"
