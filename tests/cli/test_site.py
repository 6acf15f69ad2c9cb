"""The commands of a site."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.cli import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.site.settings import read_site

CAMERA = """
[[cameras]]
name = "hall"
source = "hall.mp4"
purpose = "counting"
[cameras.cover]
regions = ["frame"]
[store]
site_key = "site.key"
"""


@pytest.fixture
def site(tmp_path: Path, make_video: Callable[..., Path]) -> Path:
    make_video("hall.mp4", frames=10)
    file = tmp_path / "new.toml"
    assert main(["site", "new", f"hall={tmp_path / 'hall.mp4'}", "-o", str(file)]) == EXIT_OK
    text = CAMERA.replace("site.key", "new.key")
    file.write_text(text)
    return file


def test_a_new_site_has_its_cameras_as_neighbours_and_a_key_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "site.toml"
    cameras = [f"hall={tmp_path / 'h.mp4'}", "rtsp-2=rtsp://camera/main"]
    assert main(["site", "new", *cameras, "-o", str(file)]) == EXIT_OK
    text = file.read_text()
    assert 'source = "h.mp4"' in text
    assert 'cameras = ["hall", "rtsp-2"]' in text
    key = tmp_path / "site.key"
    assert key.stat().st_mode & 0o077 == 0
    assert main(["site", "new", "hall=x.mp4", "-o", str(file)]) == EXIT_FAILED
    assert "exists" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "at least one camera"),
        (["a=x.mp4", "a=y.mp4"], "two cameras are called a"),
        (["rtsp://camera/main"], "needs a name"),
        (["a b=x.mp4"], "'a b' cannot name a camera"),
    ],
)
def test_a_camera_that_cannot_be_named_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert main(["site", "new", *words, "-o", str(tmp_path / "site.toml")]) == EXIT_USAGE
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


RUN = "import sys; from passerby.cli import main; sys.exit(main())"


class Terminal:
    """A terminal with a program in it."""

    def __init__(self, *words: str) -> None:
        self._end, other = pty.openpty()
        command = [sys.executable, "-c", RUN, *words]
        self._process = subprocess.Popen(
            command, stdin=other, stdout=other, stderr=other, start_new_session=True
        )
        os.close(other)
        self.shown = ""

    def answer(self, question: str, text: str) -> None:
        """Wait for a question, then type."""
        self._until(question)
        os.write(self._end, text.encode())

    def end(self) -> int:
        """Wait for the end of the program; returns its exit code."""
        self._until(None)
        os.close(self._end)
        return self._process.wait(60)

    def _until(self, words: str | None) -> None:
        begin = len(self.shown)
        until = time.monotonic() + 120
        while words is None or words not in self.shown[begin:]:
            assert time.monotonic() < until, self.shown
            if not select.select([self._end], [], [], 1)[0]:
                continue
            try:
                more = os.read(self._end, 1000)
            except OSError:  # the other end is closed
                more = b""
            if not more:
                assert words is None, self.shown
                return
            self.shown += more.decode()


@pytest.mark.slow
def test_in_a_terminal_a_new_site_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    terminal = Terminal("site", "new", "-o", str(file))
    terminal.answer("Camera 1: ", f"hall={tmp_path / 'hall.mp4'}\n")
    terminal.answer("Camera 2: ", "stairs=rtsp://camera/main\n")
    terminal.answer("Camera 3: ", "\n")
    terminal.answer("none [hall]: ", "\n")
    terminal.answer("overlap [1 120]: ", "4 25\n")
    terminal.answer("[UTC]: ", "Europe/Nowhere\n")
    terminal.answer("[UTC]: ", "Europe/Berlin\n")
    terminal.answer("[3]: ", "1.5\n")
    assert terminal.end() == EXIT_OK
    assert "no time zone 'Europe/Nowhere'" in terminal.shown
    site = read_site(file)
    assert [one.name for one in site.cameras] == ["hall", "stairs"]
    assert site.graph.travel("hall", "stairs") == (4, 25)
    assert (site.time_zone, site.retention_days) == ("Europe/Berlin", 1.5)
    assert (tmp_path / "site.key").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_whoever_leaves_in_the_middle_has_no_file(tmp_path: Path) -> None:
    terminal = Terminal("site", "new", "-o", str(tmp_path / "site.toml"))
    terminal.answer("Camera 1: ", "hall=hall.mp4\n")
    terminal.answer("Camera 2: ", "\x04")
    assert terminal.end() == EXIT_USAGE
    assert "not all answered" in terminal.shown
    assert list(tmp_path.iterdir()) == []


def test_a_site_is_checked_run_and_counted(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "check", str(site)]) == EXIT_OK
    assert "camera hall: 64x48" in capsys.readouterr().out
    assert main(["run", str(site), "--json"]) == EXIT_OK
    states = json.loads(capsys.readouterr().out)
    assert (states["hall"]["frames"], states["hall"]["state"]) == (10, "ended")
    assert main(["counts", str(site), "--json"]) == EXIT_OK
    assert json.loads(capsys.readouterr().out) == {
        "hours": [],
        "zone_flows": [],
        "flows": [],
    }
    assert main(["follow", str(site), "5"]) == EXIT_FAILED
    assert "no track 5" in capsys.readouterr().err


def test_everything_that_does_not_work_is_told_at_once(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site.parent / "hall.mp4").unlink()
    (site.parent / "new.key").chmod(0o644)
    assert main(["site", "check", str(site)]) == EXIT_FAILED
    told = capsys.readouterr().err
    assert "camera hall:" in told
    assert "does not exist" in told
    assert "chmod 600" in told
    assert main(["run", str(site)]) == EXIT_USAGE
    assert "chmod 600" in capsys.readouterr().err


def test_a_weak_operator_is_told_before_anything_runs(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = site.read_text().replace('purpose = "counting"', 'purpose = "matching"')
    site.write_text(text.replace('regions = ["frame"]', 'regions = ["top"]\noperator = "quantize"'))
    assert main(["site", "check", str(site)]) == EXIT_FAILED
    assert "is weak" in capsys.readouterr().err
