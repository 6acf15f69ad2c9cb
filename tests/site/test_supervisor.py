"""A site goes on when its processes are killed, and loses nothing that was acknowledged."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.errors import OutputError
from passerby.files.partial import write_text
from passerby.site import supervisor as module
from passerby.site.run import run_site
from passerby.site.settings import SiteSettings, read_site
from passerby.site.site_store import make_site_store, open_site_store
from passerby.site.supervisor import Supervisor
from passerby.store.audit import verify_audit
from passerby.store.site_key import KEY_VARIABLE, SiteKey
from passerby.store.sweeping import retention_status

CAMERA = """
[[cameras]]
name = "{name}"
source = "{source}"
purpose = "{purpose}"
[cameras.cover]
regions = ["frame"]
"""


@pytest.fixture
def make_site(
    tmp_path: Path, make_video: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., SiteSettings]:
    monkeypatch.setenv(KEY_VARIABLE, SiteKey.new().text)

    def make(*names: str, frames: int = 20, purpose: str = "counting") -> SiteSettings:
        sources = [make_video(f"{name}.mp4", frames=frames) for name in names]
        cameras = (
            CAMERA.format(name=name, source=source, purpose=purpose)
            for name, source in zip(names, sources, strict=True)
        )
        file = tmp_path / "site.toml"
        write_text(file, "".join(cameras))
        return read_site(file)

    return make


def test_all_videos_are_handled_to_their_end(make_site: Callable[..., SiteSettings]) -> None:
    notes: list[str] = []
    site = make_site("hall", "stairs")
    states = run_site(site, notes.append)
    assert {name: (one.frames, one.ended) for name, one in states.items()} == {
        "hall": (20, True),
        "stairs": (20, True),
    }
    assert notes == []
    with open_site_store(site) as store:  # which no run holds any more
        verify_audit(store)
        assert retention_status(store, every=60).last is not None  # it was swept


def test_killed_processes_are_started_anew_and_the_others_go_on(
    make_site: Callable[..., SiteSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "Backoff", lambda **_: _Soon())
    site = make_site("hall", "stairs", frames=1500, purpose="matching")
    make_site_store(site)
    notes: list[str] = []
    supervisor = Supervisor(site, notes.append)
    killed: list[str] = []

    def kill_each_once() -> None:
        for name, one in supervisor._running.items():
            at_work = one.ready and one.process is not None and one.process.is_alive()
            if at_work and name not in (*killed, "stairs"):
                os.kill(one.process.pid, signal.SIGKILL)
                killed.append(name)
                return

    supervisor.run(None, kill_each_once)
    assert sorted(killed) == [" matcher", " writer", "hall"]
    assert supervisor.states["hall"].ended
    assert supervisor.states["stairs"].restarts == 0
    assert supervisor.states["stairs"].frames == 1500
    assert 1500 <= supervisor.states["hall"].frames <= 1501  # it went on where it was
    for name in ("matcher", "writer", "hall"):
        assert any(note.startswith(f"{name}: its process ended (signal 9)") for note in notes)
    with open_site_store(site) as store:
        verify_audit(store)


class _Soon:
    def delay(self, failures: int) -> float:
        return 0.0


def test_a_camera_that_cannot_be_read_is_given_up_and_harms_no_other(
    make_site: Callable[..., SiteSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "Backoff", lambda **_: _Soon())
    monkeypatch.setattr(module, "_MOST_FAILURES", 2)
    site = make_site("hall", "stairs")
    Path(site.camera("hall").source).write_bytes(b"no video at all")
    notes: list[str] = []
    states = run_site(site, notes.append)
    assert (states["hall"].failed, states["stairs"].ended) == (True, True)
    assert "hall: given up after 2 failures in a row" in notes


def test_a_site_is_stopped_after_the_time_that_was_given(
    make_site: Callable[..., SiteSettings],
) -> None:
    site = make_site("hall", frames=3000)
    states = run_site(site, print, seconds=0.2)
    assert not states["hall"].ended


def test_two_runs_of_one_site_are_refused(make_site: Callable[..., SiteSettings]) -> None:
    site = make_site("hall")
    make_site_store(site)
    notes: list[str] = []
    supervisor = Supervisor(site, notes.append)
    refused: list[str] = []

    def run_again() -> None:
        if not refused:
            with pytest.raises(OutputError, match="did not begin"):
                run_site(site, refused.append)

    supervisor.run(None, run_again)
    assert len(refused) == 1
    assert "another run" in refused[0] or "run" in refused[0]
