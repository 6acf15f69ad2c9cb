"""Cameras that die, stall, send garbage, change their size or hang harm no other, nor the site."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.sources.conftest import HttpCameras

from passerby.files.partial import write_text
from passerby.site import supervisor as module
from passerby.site.settings import read_site
from passerby.site.site_store import make_site_store, open_site_store
from passerby.site.supervisor import Supervisor
from passerby.store.audit import verify_audit
from passerby.store.site_key import KEY_VARIABLE, SiteKey

CAMERA = """
[[cameras]]
name = "{name}"
source = "{source}"
purpose = "counting"
[cameras.cover]
regions = ["frame"]
"""

ALL = "[live]\nread_timeout = 1\nconnect_timeout = 5\n"


class SeenEnoughError(Exception):
    """All that was waited for has happened."""


@pytest.fixture
def live() -> Iterator[HttpCameras]:
    cameras = HttpCameras()
    yield cameras
    cameras.close()


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, SiteKey.new().text)


@pytest.mark.slow
def test_faulty_cameras_come_back_and_harm_no_other(
    tmp_path: Path, live: HttpCameras, make_video: Callable[..., Path]
) -> None:
    before, after = range(40, 50), range(60, 90)
    good = live.mjpeg(*after, stall=True)
    faults = {
        "dies": live.mjpeg(*before),
        "stalls": live.mjpeg(*before, stall=True),
        "garbage": [*live.mjpeg(*before), os.urandom(20_000)],
        "resized": live.mjpeg(*before, size=(96, 80)),
    }
    cameras = {name: live.serve(script, good) for name, script in faults.items()}
    sources = {"hall": str(make_video("hall.mp4", frames=20))}
    sources |= {name: f"http://{one.address}/video" for name, one in cameras.items()}
    file = tmp_path / "site.toml"
    write_text(file, ALL + "".join(CAMERA.format(name=n, source=s) for n, s in sources.items()))
    site = read_site(file)
    make_site_store(site)
    notes: list[str] = []
    supervisor = Supervisor(site, notes.append)

    def look() -> None:
        states = supervisor.states
        came_back = all(states[name].frames + states[name].dropped > 15 for name in faults)
        if came_back and states["hall"].ended:
            raise SeenEnoughError

    with pytest.raises(SeenEnoughError):
        supervisor.run(150, look)
    assert supervisor.states["hall"].frames == 20
    assert all(camera.requests >= 2 for camera in cameras.values())
    assert [one for one in notes if "started anew" in one] == []
    with open_site_store(site) as store:
        verify_audit(store)


@pytest.mark.slow
def test_a_camera_whose_process_hangs_is_started_anew(
    tmp_path: Path, make_video: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SLOWER", 1)
    monkeypatch.setattr(module, "_MOST_FAILURES", 100)  # on a busy machine all is slow
    video = make_video("hall.mp4", frames=1500)
    file = tmp_path / "site.toml"
    write_text(file, "watchdog_seconds = 10\n" + CAMERA.format(name="hall", source=video))
    site = read_site(file)
    make_site_store(site)
    notes: list[str] = []
    supervisor = Supervisor(site, notes.append)
    hung: list[int] = []

    def hang_once() -> None:
        one = supervisor._running["hall"]
        if one.ready and one.process is not None and one.process.pid and not hung:
            os.kill(one.process.pid, signal.SIGSTOP)
            hung.append(one.process.pid)

    supervisor.run(200, hang_once)
    assert supervisor.states["hall"].ended
    assert any("hall: no picture for" in one for one in notes)
    assert any("hall: its process ended (signal 9)" in one for one in notes)
