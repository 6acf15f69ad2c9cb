"""Slots are written once, read by number, and overwritten where they stand."""

import os
import stat
from pathlib import Path

import pytest

from passerby.errors import InputError, OutputError
from passerby.files.slots import SlotFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "slots"


def test_what_was_appended_is_read_by_number(path: Path) -> None:
    file = SlotFile(path, 8, b"head")
    assert file.append([b"a" * 8, b"bc"]) == range(2)
    assert file.append([b"d"]) == range(2, 3)
    assert file.read(1) == b"bc" + bytes(6)
    file.close()
    again = SlotFile(path, 8)
    assert again.head == b"head" + bytes(4)
    assert [again.read(number) for number in (0, 2)] == [b"a" * 8, b"d" + bytes(7)]
    assert again.append([b"e"]) == range(3, 4)
    assert len(again) == 4
    again.close()


def test_an_erased_slot_is_zero_in_place_and_known_from_a_missing_one(path: Path) -> None:
    file = SlotFile(path, 4, b"head")
    file.append([b"aaaa", b"bbbb", b"cccc"])
    file.erase([1, 9])
    assert path.read_bytes() == b"headaaaa\0\0\0\0cccc"
    assert file.read(1) is None
    assert file.is_erased(1)
    assert file.read(9) is None
    assert not file.is_erased(9)
    assert not file.is_erased(0)
    file.close()
    file.close()


def test_a_slot_that_a_crash_cut_short_is_not_used(path: Path) -> None:
    file = SlotFile(path, 4, b"head")
    file.append([b"aaaa"])
    with path.open("ab") as torn:
        torn.write(b"bb")
    assert file.append([b"cccc"]) == range(2, 3)
    assert file.read(2) == b"cccc"
    file.close()


def test_two_may_read_and_erase_while_one_appends(path: Path) -> None:
    first = SlotFile(path, 4, b"head")
    second = SlotFile(path, 4)
    first.append([b"aaaa", b"bbbb"])
    second.erase([0])
    assert first.read(0) is None
    assert second.read(1) == b"bbbb"
    first.close()
    second.close()


def test_nobody_else_may_read_it(path: Path) -> None:
    SlotFile(path, 4, b"head").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_replaced_and_no_link_is_followed(path: Path) -> None:
    SlotFile(path, 4, b"head").close()
    with pytest.raises(OutputError):
        SlotFile(path, 4, b"head")
    link = path.with_name("link")
    link.symlink_to(path)
    with pytest.raises(OutputError):
        SlotFile(link, 4)
    with pytest.raises(InputError, match="does not exist"):
        SlotFile(path.with_name("other"), 4)


def test_a_full_disk_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = SlotFile(path, 4, b"head")

    def full(*_words: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OutputError, match="the disk is full"):
        file.append([b"a"])
    file.close()
