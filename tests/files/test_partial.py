"""Files that appear whole or not at all, and never where a link leads."""

import errno
import hashlib
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Barrier, Thread

import pytest

from passerby.errors import OutputError
from passerby.files.output_folder import OutputFolder
from passerby.files.partial import (
    ANEW,
    REPLACING,
    PartialFile,
    Permit,
    write_bytes,
    write_error,
    write_text,
)
from passerby.files.permit import identities

Disk = Callable[[int], AbstractContextManager[None]]


def hidden(folder: Path) -> Path:
    """The one partial file in a folder."""
    (found,) = folder.glob(".*.partial-*")
    return found


@pytest.mark.parametrize("permit", [ANEW, REPLACING])
def test_the_name_appears_on_commit_and_nothing_else_is_left(
    tmp_path: Path, permit: Permit
) -> None:
    partial = PartialFile(tmp_path / "out.mp4", permit)
    partial.file.write(b"whole")
    assert hidden(tmp_path).name.startswith(".out.mp4.partial-")
    assert not (tmp_path / "out.mp4").exists()
    assert partial.sha256() == hashlib.sha256(b"whole").hexdigest()
    partial.commit()
    assert list(tmp_path.iterdir()) == [tmp_path / "out.mp4"]
    assert (tmp_path / "out.mp4").read_bytes() == b"whole"
    partial.abort()
    assert (tmp_path / "out.mp4").exists()
    with pytest.raises(ValueError, match="was committed or thrown away before"):
        partial.commit()


def test_a_library_can_write_it_by_a_path(tmp_path: Path) -> None:
    partial = PartialFile(tmp_path / "out.mp4")
    partial.path.write_bytes(b"whole")
    assert partial.sha256() == hashlib.sha256(b"whole").hexdigest()
    partial.commit()
    assert (tmp_path / "out.mp4").read_bytes() == b"whole"


def test_abort_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_bytes(b"old")
    partial = PartialFile(tmp_path / "out.mp4")
    partial.file.write(b"new")
    partial.abort()
    partial.abort()
    assert list(tmp_path.iterdir()) == [tmp_path / "out.mp4"]
    assert (tmp_path / "out.mp4").read_bytes() == b"old"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_what_interrupts_the_writing_leaves_nothing(tmp_path: Path, error: type) -> None:
    with pytest.raises(error), PartialFile(tmp_path / "a"):
        raise error
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_made(tmp_path: Path) -> None:
    PartialFile(tmp_path / "a/b/out.mp4").commit()
    assert (tmp_path / "a/b/out.mp4").exists()


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    PartialFile(tmp_path / "out.mp4").commit()
    assert (tmp_path / "out.mp4").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_file_in_the_way_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be made"):
        PartialFile(tmp_path / "file/out.mp4")


@pytest.mark.parametrize("name", ["a" * 255, "\u00df" * 127, "a" * 251 + ".jpg"])
def test_the_longest_name_can_be_written(tmp_path: Path, name: str) -> None:
    write_bytes(tmp_path / name, b"whole")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_longer_name_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="the name is too long"):
        write_bytes(tmp_path / ("a" * 256), b"")
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_text_can_be_written(tmp_path: Path) -> None:
    target = Path(os.fsdecode(os.fsencode(tmp_path) + b"/stra\xdfe.jpg"))
    write_bytes(target, b"whole")
    assert target.read_bytes() == b"whole"


# --- What is there ---------------------------------------------------------------------------


def test_nothing_is_replaced_unless_it_may_be(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(OutputError, match="a exists: add --overwrite or name another output"):
        write_text(tmp_path / "a", "new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
    write_text(tmp_path / "a", "n\u00e9w", REPLACING)
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["n\u00e9w"]


@pytest.mark.parametrize("links", [True, False])
def test_of_two_who_write_one_file_at_once_one_succeeds(
    tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With hard links, and on file systems that have none."""
    if not links:
        monkeypatch.setattr(os, "link", refuse_links)
    for _ in range(20):
        outcomes = race(tmp_path / "a", 8)
        (winner,) = [content for content, error in outcomes.items() if error is None]
        assert (tmp_path / "a").read_bytes() == winner
        assert all("exists" in str(error) for error in outcomes.values() if error is not None)
        assert list(tmp_path.iterdir()) == [tmp_path / "a"]
        (tmp_path / "a").unlink()


def refuse_links(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def race(target: Path, count: int) -> dict[bytes, OutputError | None]:
    """Commit files with one name at the same time; who wrote what, and who was refused."""
    start = Barrier(count)
    outcomes: dict[bytes, OutputError | None] = {}

    def write(content: bytes) -> None:
        partial = PartialFile(target)
        partial.file.write(content)
        start.wait()
        try:
            partial.commit()
            outcomes[content] = None
        except OutputError as error:
            outcomes[content] = error

    threads = [Thread(target=write, args=(b"%d" % number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_a_file_that_is_read_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("raw")
    os.link(tmp_path / "in", tmp_path / "same")
    permit = Permit(overwrite=True, spared=identities([tmp_path / "in", tmp_path / "gone"]))
    for name in ("in", "same"):
        with pytest.raises(OutputError, match="is read and would be overwritten"):
            write_text(tmp_path / name, "covered", permit)
    assert sorted(path.read_text() for path in tmp_path.iterdir()) == ["raw", "raw"]


@pytest.mark.parametrize("permit", [ANEW, REPLACING])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_never_replaced(
    tmp_path: Path, permit: Permit, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "a")
    before = (tmp_path / "a").stat()
    with pytest.raises(OutputError):
        write_text(tmp_path / "a", "new", permit)
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]
    assert (tmp_path / "a").stat().st_mode == before.st_mode


# --- Links -----------------------------------------------------------------------------------


@pytest.mark.parametrize("permit", [ANEW, REPLACING])
def test_a_link_with_the_name_is_not_followed(tmp_path: Path, permit: Permit) -> None:
    (tmp_path / "precious").write_text("raw")
    (tmp_path / "a").symlink_to("precious")
    if permit.overwrite:
        write_text(tmp_path / "a", "new", permit)
        assert (tmp_path / "a").read_text() == "new"
    else:
        with pytest.raises(OutputError, match="exists"):
            write_text(tmp_path / "a", "new", permit)
    assert (tmp_path / "precious").read_text() == "raw"


def test_a_link_put_in_place_of_the_partial_file_is_not_followed(tmp_path: Path) -> None:
    """Not by us, nor by a library that opens the file by its path."""
    (tmp_path / "precious").write_text("raw")
    partial = PartialFile(tmp_path / "a")
    place = hidden(tmp_path)
    place.unlink()
    place.symlink_to("precious")
    partial.file.write(b"new")
    partial.path.write_bytes(b"new")
    partial.abort()
    assert (tmp_path / "precious").read_text() == "raw"


def test_a_folder_swapped_for_a_link_gets_nothing(tmp_path: Path) -> None:
    """Between the beginning of a file and its end: it goes where it began."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_text("raw")
    partial = PartialFile(tmp_path / "out" / "a", REPLACING)
    (tmp_path / "out").rename(tmp_path / "moved")
    (tmp_path / "out").symlink_to("in")
    partial.file.write(b"covered")
    partial.commit()
    assert (tmp_path / "in" / "a").read_text() == "raw"
    assert (tmp_path / "moved" / "a").read_text() == "covered"


def test_below_a_folder_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_text("raw")
    permit = Permit(overwrite=True, below=OutputFolder.made(tmp_path / "out"))
    (tmp_path / "out" / "sub").symlink_to("../in")
    with pytest.raises(OutputError, match="sub is a link, which may lead out of the output"):
        write_text(tmp_path / "out" / "sub" / "a", "covered", permit)
    write_text(tmp_path / "out" / "other" / "deep" / "a", "covered", permit)
    assert (tmp_path / "in" / "a").read_text() == "raw"


# --- Disks -----------------------------------------------------------------------------------


def test_a_full_disk_is_one_line_and_leaves_what_was_there(tmp_path: Path, disk_of: Disk) -> None:
    (tmp_path / "a").write_text("old")
    with disk_of(100), pytest.raises(OutputError, match="a: the disk is full"):
        write_bytes(tmp_path / "a", bytes(1000), REPLACING)
    with disk_of(100), pytest.raises(OutputError, match="b: the disk is full"):
        write_bytes(tmp_path / "b", bytes(1_000_000))
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_disk_that_fails_in_the_end_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    (tmp_path / "a").write_text("old")
    partial = PartialFile(tmp_path / "a", REPLACING)
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OutputError, match=r"a cannot be written \(Input/output error\)"):
        partial.commit()
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EFBIG, "disk is full"),
        (errno.EACCES, "permissions"),
        (errno.EROFS, "permissions"),
        (errno.ENOTEMPTY, "is not empty"),
        (errno.ENAMETOOLONG, "too long"),
        (errno.EIO, "cannot be written"),
    ],
)
def test_every_reason_is_one_clear_line(number: int, words: str) -> None:
    message = str(write_error(Path("out.mp4"), OSError(number, os.strerror(number))))
    assert words in message
    assert message.startswith("out.mp4")
    assert "\n" not in message
