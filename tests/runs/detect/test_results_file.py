"""A list in a file: whole or not there."""

import json
import os
from pathlib import Path

import pytest

from passerby.errors import OutputError
from passerby.runs.detect.results_file import ResultsFile


def entry(number: int) -> dict[str, object]:
    return {"image_id": number, "file_name": "strasse-\u00df.jpg"}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_what_was_added_is_there_after_commit_and_not_before(tmp_path: Path, count: int) -> None:
    target = tmp_path / "boxes.json"
    with ResultsFile(target) as file:
        for number in range(count):
            file.add([entry(number)])
        file.add([])
        assert not target.exists()
        file.commit()
    assert json.loads(target.read_text(encoding="utf-8")) == [entry(n) for n in range(count)]
    assert [path.name for path in tmp_path.iterdir()] == ["boxes.json"]


@pytest.mark.parametrize("before", [0, 2])
def test_what_is_taken_back_is_gone(tmp_path: Path, before: int) -> None:
    with ResultsFile(tmp_path / "boxes.json") as file:
        file.add(entry(number) for number in range(before))
        position = file.position
        file.add([entry(7), entry(8)])
        file.take_back(position)
        file.add([entry(9)])
        file.commit()
    written = json.loads((tmp_path / "boxes.json").read_text(encoding="utf-8"))
    assert [one["image_id"] for one in written] == [*range(before), 9]


@pytest.mark.parametrize("error", [None, KeyboardInterrupt])
def test_without_commit_nothing_is_left(tmp_path: Path, error: type[BaseException] | None) -> None:
    def leave() -> None:
        with ResultsFile(tmp_path / "boxes.json") as file:
            file.add([entry(1)])
            if error is not None:
                raise error

    if error is None:
        leave()
    else:
        with pytest.raises(error):
            leave()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_until_commit(tmp_path: Path) -> None:
    target = tmp_path / "boxes.json"
    target.write_text("old", encoding="utf-8")
    with ResultsFile(target) as file:
        file.add([entry(1)])
    assert target.read_text(encoding="utf-8") == "old"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_one_line_that_says_so(tmp_path: Path) -> None:
    with ResultsFile(tmp_path / "boxes.json") as file, Path("/dev/full").open("r+b") as full:
        os.dup2(full.fileno(), file._file.fileno())
        file.add([entry(1)])
        with pytest.raises(OutputError, match=r"boxes.json: the disk is full"):
            file.commit()
    assert list(tmp_path.iterdir()) == []
