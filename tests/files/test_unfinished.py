"""Whatever was begun is removed, and nothing else."""

import os
import re
from pathlib import Path

import pytest

from passerby.files.partial import PartialFile, write_text
from passerby.files.partial_folder import PartialFolder
from passerby.files.unfinished import hidden, remove_all, remove_stale


def test_all_that_is_unfinished_is_removed_and_what_is_finished_stays(tmp_path: Path) -> None:
    write_text(tmp_path / "done", "whole")
    begun = PartialFile(tmp_path / "file"), PartialFolder(tmp_path / "folder")
    (begun[1].path / "a").touch()
    assert len(list(tmp_path.iterdir())) == 3
    remove_all()
    remove_all()
    assert list(tmp_path.iterdir()) == [tmp_path / "done"]
    for one in begun:
        one.abort()


def test_a_process_that_was_copied_does_not_remove_what_is_its_parents(tmp_path: Path) -> None:
    begun = PartialFile(tmp_path / "file")
    child = os.fork()
    if child == 0:
        remove_all()
        os._exit(0)
    os.waitpid(child, 0)
    begun.commit()
    assert (tmp_path / "file").exists()


@pytest.mark.parametrize("name", ["a.jpg", "a" * 255, "\u00df" * 127, "a\nb", "stra\udcdfe.jpg"])
def test_a_hidden_name_fits_and_differs_each_time(name: str) -> None:
    first, second = hidden(name), hidden(name)
    assert first != second
    assert len(os.fsencode(first)) <= 255
    assert re.fullmatch(r"\..+\.partial-[0-9a-f]{8}", first, re.DOTALL)


def test_what_killed_runs_left_is_removed(tmp_path: Path) -> None:
    twin, elsewhere = tmp_path / "twin", tmp_path / "elsewhere"
    (twin / "sub").mkdir(parents=True)
    (twin / "linked").mkdir()
    kept = {"a.jpg", ".b", "c.partial-0123abcd", ".d.partial-0123", "linked/" + hidden("e")}
    for name in (*kept, hidden("f"), "sub/" + hidden("g\nh.jpg")):
        (twin / name).touch()
    (twin / "linked").rename(elsewhere)
    (twin / "linked").symlink_to(elsewhere)
    remove_stale(twin)
    files = (path for path in twin.rglob("*") if path.is_file())
    found = {path.relative_to(twin).as_posix() for path in files}
    assert found == {name for name in kept if not name.startswith("linked/")}
    assert len(list(elsewhere.iterdir())) == 1
