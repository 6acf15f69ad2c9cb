"""A folder is the one that it was at first, and one run at a time writes into it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from passerby.errors import OutputError
from passerby.files.output_folder import OutputFolder
from passerby.files.partial import REPLACING, write_text

HOLD = """
import sys, time
from pathlib import Path
from passerby.files.output_folder import OutputFolder
from passerby.files.partial import REPLACING, write_text
with OutputFolder.made(Path(sys.argv[1])).locked():
    print("in", flush=True)
    time.sleep(60)
"""


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    folder = OutputFolder.made(tmp_path / "a" / "b")
    assert folder == OutputFolder.made(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_what_cannot_be_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in ("file", "file/a"):
        with pytest.raises(OutputError, match="cannot be made"):
            OutputFolder.made(tmp_path / path)


def test_the_root_may_be_reached_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to("disk")
    folder = OutputFolder.made(tmp_path / "out")
    os.close(folder.open(tmp_path / "out" / "sub", make=True))
    assert (tmp_path / "disk" / "sub").is_dir()


@pytest.mark.parametrize("place", ["sub", "sub/deep", "real/sub"])
def test_below_it_no_link_is_followed(tmp_path: Path, place: str) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    folder = OutputFolder.made(tmp_path / "out")
    (tmp_path / "out" / "real").mkdir()
    (tmp_path / "out" / "sub").symlink_to("../in")
    (tmp_path / "out" / "real" / "sub").symlink_to("../../in")
    for make in (True, False):
        with pytest.raises(OutputError, match="is a link, which may lead out"):
            folder.open(tmp_path / "out" / place, make=make)
    with pytest.raises(OutputError, match="is a link"):
        folder.refuse_links([tmp_path / "out" / "missing", tmp_path / "out" / place])


def test_a_link_to_nowhere_and_a_loop_are_links_too(tmp_path: Path) -> None:
    folder = OutputFolder.made(tmp_path)
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "c").symlink_to("nowhere")
    for name in "abc":
        with pytest.raises(OutputError, match="is a link"):
            folder.open(tmp_path / name, make=True)


def test_a_path_that_climbs_is_refused(tmp_path: Path) -> None:
    folder = OutputFolder.made(tmp_path / "out")
    with pytest.raises(OutputError, match="lies outside"):
        folder.open(tmp_path / "out" / ".." / "in", make=True)
    assert not (tmp_path / "in").exists()


def test_another_folder_of_its_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    folder = OutputFolder.made(tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "moved")
    (tmp_path / "out").symlink_to("in")
    with pytest.raises(OutputError, match="was replaced by another folder during the run"):
        folder.open(tmp_path / "out" / "a", make=True)
    assert list((tmp_path / "in").iterdir()) == []


def test_descriptors_are_closed(tmp_path: Path) -> None:
    folder = OutputFolder.made(tmp_path)
    (tmp_path / "link").symlink_to("nowhere")
    before = len(list(Path("/dev/fd").iterdir()))
    os.close(folder.open(tmp_path / "a" / "b", make=True))
    with pytest.raises(OutputError):
        folder.open(tmp_path / "link")
    with folder.locked():
        pass
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_the_second_run_is_kept_out_and_told_by_whom(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "in\n"
        with pytest.raises(OutputError, match="is being written into by another run") as caught:
            OutputFolder.made(tmp_path).locked().__enter__()
        if sys.platform == "linux":
            assert f"(process {holder.pid})" in str(caught.value)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with OutputFolder.made(tmp_path).locked():
            assert list(tmp_path.iterdir()) == []
    finally:
        holder.kill()
        holder.communicate()


def test_while_it_is_locked_all_that_is_written_below_is_found_from_it(tmp_path: Path) -> None:
    """Whoever writes, and whatever folder of its own it has made there."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_text("raw")
    out = tmp_path / "out"
    with OutputFolder.made(out).locked():
        (out / "sub").symlink_to("../in")
        for act in (
            lambda: write_text(out / "sub" / "a", "ours", REPLACING),
            lambda: OutputFolder.made(out / "sub"),
            lambda: OutputFolder.made(out / "sub" / "deep"),
        ):
            with pytest.raises(OutputError, match="sub is a link"):
                act()
        with OutputFolder.made(out / "real").locked():
            write_text(out / "real" / "a", "ours")
        write_text(tmp_path / "beside", "ours")
        out.rename(tmp_path / "moved")
        out.symlink_to("in")
        with pytest.raises(OutputError, match="was replaced by another folder during the run"):
            write_text(out / "a", "ours", REPLACING)
    assert [path.read_text() for path in (tmp_path / "in").iterdir()] == ["raw"]
    write_text(out / "b", "ours")
    assert (tmp_path / "in" / "b").read_text() == "ours"


def test_one_process_does_not_get_in_twice(tmp_path: Path) -> None:
    with OutputFolder.made(tmp_path).locked():
        with pytest.raises(OutputError), OutputFolder.made(tmp_path).locked():
            pass
        with OutputFolder.made(tmp_path / "below").locked():
            pass
    with OutputFolder.made(tmp_path).locked():
        pass
