import itertools
import signal
import socket
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.media import Medium
from passerby.sinks.encoding import Encoding
from passerby.sinks.live_connection import LiveConnection, SendError
from passerby.types import AnonymizedFrame, Frame, seal

MEDIUM = Medium("a camera", "live", 320, 240, time_base=Fraction(1, 1000))
NOISE = np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8)


def sealed(pts: int) -> AnonymizedFrame:
    return seal(Frame(NOISE, pts=pts, time_base=MEDIUM.time_base), NOISE)


def connection(address: str, output_format: str, timeout: float = 10) -> LiveConnection:
    return LiveConnection(address, output_format, MEDIUM, Encoding(quality=1), timeout)


def send_until_it_breaks(sender: LiveConnection) -> str:
    deadline = time.monotonic() + 20
    for pts in itertools.count():
        assert time.monotonic() < deadline, "it did not break"
        try:
            sender.send(sealed(pts), pts / 1000)
        except SendError as error:
            return str(error)
    raise AssertionError


@pytest.fixture
def deaf() -> Iterator[int]:
    """The port of a server that takes connections and never reads."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_everything_arrives_before_the_end(tmp_path: Path) -> None:
    sender = connection(str(tmp_path / "sent.ts"), "mpegts")
    for pts in range(0, 400, 40):
        sender.send(sealed(pts), pts / 1000)
    sender.finish()
    assert sender.connected
    with av.open(str(tmp_path / "sent.ts")) as container:
        times = [float(frame.time) for frame in container.decode(video=0)]
    assert [time - times[0] for time in times] == pytest.approx(np.arange(10) * 0.04, abs=1e-4)


def test_an_end_without_frames_is_told(tmp_path: Path) -> None:
    sender = connection(str(tmp_path / "sent.ts"), "mpegts")
    with pytest.raises(SendError):
        sender.finish()


@pytest.mark.parametrize(("scheme", "output_format"), [("rtsp", "rtsp"), ("rtmp", "flv")])
def test_nobody_there(scheme: str, output_format: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    sender = connection(f"{scheme}://user:secret@127.0.0.1:{port}/a/b", output_format)
    assert send_until_it_breaks(sender) == "Connection refused"
    assert not sender.connected


@pytest.mark.parametrize(("scheme", "output_format"), [("rtsp", "rtsp"), ("rtmp", "flv")])
def test_a_server_that_never_answers_is_given_up(
    deaf: int, scheme: str, output_format: str
) -> None:
    sender = connection(f"{scheme}://127.0.0.1:{deaf}/a/b", output_format, timeout=0.5)
    assert send_until_it_breaks(sender) == "the receiver accepted nothing for 0.5 s"
    assert not sender.connected


@pytest.mark.slow
def test_a_receiver_that_stops_reading_is_given_up(deaf: int) -> None:
    sender = connection(f"tcp://127.0.0.1:{deaf}", "mpegts", timeout=2)
    assert send_until_it_breaks(sender) == "the receiver accepted nothing for 2 s"
    assert sender.connected


def test_a_connection_that_is_dropped_ends_at_once(tmp_path: Path) -> None:
    sender = connection(str(tmp_path / "sent.ts"), "mpegts")
    sender.send(sealed(0), 0.0)
    sender.drop()
    assert sender._relay._process.returncode == -signal.SIGKILL
