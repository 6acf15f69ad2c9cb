"""What is named is what was read, or nothing is vouched for."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.errors import InputError
from passerby.files.reading import Reading


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def change(path: Path) -> None:
    """In place, of the same length, at the same time as far as the file tells."""
    before = path.stat()
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(path: Path) -> None:
    """By another of the same length and time."""
    before = path.stat()
    other = path.with_name("other")
    other.write_bytes(path.read_bytes()[::-1])
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


def put_back(path: Path) -> None:
    """Another file takes its place, is read, and is taken away again."""
    path.rename(path.with_name("kept"))
    path.write_bytes(b"another")
    path.with_name("kept").replace(path)


def link(path: Path) -> None:
    path.rename(path.with_name("kept"))
    path.symlink_to("kept")


@pytest.mark.parametrize("act", [grow, change, replace, put_back, link, Path.unlink])
def test_a_file_that_does_not_stay_as_it_is_is_refused(
    tmp_path: Path, act: Callable[[Path], None]
) -> None:
    path = tmp_path / "in.mp4"
    path.write_bytes(b"raw content")
    wait_for_the_clock(path)
    with Reading(path) as reading:
        act(path)
        with pytest.raises(InputError, match=r"in\.mp4 was changed or replaced while it was read"):
            reading.check()


def wait_for_the_clock(path: Path) -> None:
    """Until the file system's clock, which ticks a few times a hundredth, has moved on."""
    before = path.stat().st_ctime_ns
    while True:
        path.with_name("tick").touch()
        if path.with_name("tick").stat().st_ctime_ns > before:
            return


def test_a_file_that_stays_is_what_its_hash_says(tmp_path: Path) -> None:
    path = tmp_path / "in.mp4"
    path.write_bytes(b"raw content")
    with Reading(path) as reading:
        path.read_bytes()
        assert reading.sha256() == hashlib.sha256(b"raw content").hexdigest()
        reading.check()
        path.rename(tmp_path / "moved")
        path.write_bytes(b"another one")
        assert reading.sha256() == hashlib.sha256(b"raw content").hexdigest()


def test_a_file_that_is_not_there_at_first_is_not_vouched_for(tmp_path: Path) -> None:
    with Reading(tmp_path / "late") as reading:
        (tmp_path / "late").touch()
        with pytest.raises(InputError, match="is not a file that can be read"):
            reading.sha256()
        with pytest.raises(InputError, match="was changed or replaced"):
            reading.check()


def test_a_pipe_and_a_device_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(InputError, match="is a pipe or a device, not a file"):
            Reading(path)


def test_a_name_that_can_be_none_is_left_to_who_opens_it() -> None:
    with Reading(Path("a\0b")) as reading, pytest.raises(InputError):
        reading.check()
