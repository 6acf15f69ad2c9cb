"""A real RTSP server that is stopped, killed and started again."""

import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from passerby.errors import InputError
from passerby.runtime.backoff import Backoff
from passerby.sources.streams import LiveStream, open_stream

SYSTEM_PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("rtsp_server.py")
NEEDED = (
    "import gi; gi.require_version('GstRtspServer', '1.0'); "
    "from gi.repository import Gst, GstRtspServer; Gst.init(None); "
    "assert Gst.ElementFactory.find('x264enc') and Gst.ElementFactory.find('rtph264pay')"
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class RtspServer:
    """The server as a process."""

    def __init__(self) -> None:
        self._port = free_port()
        self.url = f"rtsp://127.0.0.1:{self._port}/camera"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, SCRIPT, str(self._port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout
        ready, _, _ = select.select([self._process.stdout], [], [], 10)
        assert ready
        assert self._process.stdout.readline() == b"ready\n"

    def stall(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(5)
        assert self._process.stdout
        self._process.stdout.close()


@pytest.fixture(scope="module")
def _gstreamer() -> None:
    try:
        subprocess.run([SYSTEM_PYTHON, "-c", NEEDED], check=True, capture_output=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("needs GStreamer's RTSP server: make system-packages")


@pytest.fixture
def server(_gstreamer: None) -> Iterator[RtspServer]:
    server = RtspServer()
    yield server
    server.kill()


def eventually(true: Callable[[], bool]) -> None:
    """Wait until something holds, and fail when it takes too long."""
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def opened(server: RtspServer, retries: int | None = None) -> LiveStream:
    return open_stream(
        server.url, read_timeout=1, retries=retries, backoff=Backoff(first=0.1, longest=0.2)
    )


@pytest.mark.slow
def test_a_camera_that_stalls_and_one_that_is_started_again_come_back(server: RtspServer) -> None:
    with opened(server) as stream:
        frames = iter(stream)
        seen = list(islice(frames, 10))
        server.stall()
        eventually(lambda: stream.statistics.seconds_without_picture > 0)
        server.resume()
        seen += islice(frames, 20)
        assert stream.statistics.reconnects >= 1
        server.kill()
        server.start()
        before = stream.statistics.reconnects
        while stream.statistics.reconnects == before:
            seen.append(next(frames))
    assert {frame.image.shape for frame in seen} == {(120, 160, 3)}
    assert [frame.index for frame in seen] == list(range(len(seen)))
    times = [frame.pts for frame in seen]
    assert times == sorted(set(times))
    assert stream.medium.name == server.url


def test_a_camera_that_stays_away_is_given_up(server: RtspServer) -> None:
    with opened(server, retries=2) as stream:
        next(iter(stream))
        server.kill()
        with pytest.raises(InputError, match=r"lost rtsp://.*2 attempts to reconnect failed"):
            list(stream)


def test_a_path_that_is_not_there_is_told(server: RtspServer) -> None:
    server.url += "-two"
    with pytest.raises(InputError, match=r"404 Not Found.*: check"):
        opened(server)
