import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.sinks.relay import ENVELOPE
from passerby.sinks.relay_process import RelayProcess

NOISE = np.random.default_rng(0).bytes(1 << 20)


@pytest.fixture
def started() -> Iterator[Callable[[float], RelayProcess]]:
    """Start relays that are ended after the test."""
    relays: list[RelayProcess] = []

    def start(timeout: float) -> RelayProcess:
        relays.append(RelayProcess(timeout))
        return relays[-1]

    yield start
    for relay in relays:
        relay.kill()


def stopped(relay: RelayProcess) -> None:
    """Keep the relay's process from doing anything, as a network that hangs would."""
    relay._process.send_signal(signal.SIGSTOP)


def test_garbage_is_told_in_a_few_words(started: Callable, tmp_path: Path) -> None:
    relay = started(10)
    relay.address(str(tmp_path / "out.ts"), "mpegts")
    relay.write(b"this is no stream " * 100)
    assert relay.finish() == "Invalid data found when processing input"
    assert not relay.connected


def test_a_relay_that_takes_nothing_is_given_up(started: Callable) -> None:
    relay = started(0.3)
    stopped(relay)
    with pytest.raises(TimeoutError):
        relay.write(NOISE)
    assert relay.finish() == "the receiver accepted nothing for 0.3 s"


def test_writing_to_a_relay_that_has_ended_is_an_error(started: Callable) -> None:
    relay = started(10)
    relay.kill()
    relay.kill()
    with pytest.raises((OSError, ValueError)):
        relay.write(NOISE)


def test_a_crash_report_is_not_shown(started: Callable) -> None:
    relay = started(10)
    relay.address("udp://user:secret@127.0.0.1:9", "no such format")
    assert relay.finish() == "exit code 1"


def test_the_address_is_not_on_the_command_line(started: Callable) -> None:
    relay = started(10)
    relay.address("rtsp://user:secret@127.0.0.1:9/", "rtsp")
    assert "secret" not in " ".join(relay._process.args)


def test_ctrl_c_on_the_terminal_does_not_reach_it(started: Callable) -> None:
    relay = started(10)
    assert os.getpgid(relay._process.pid) != os.getpgid(0)


CONNECTING = """
import sys, time
from passerby.sinks.relay import ENVELOPE
from passerby.sinks.relay_process import RelayProcess
relay = RelayProcess(60)
relay.address(sys.argv[1], "rtsp")
relay.write(bytes.fromhex(sys.argv[2]))
print(relay._process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.slow
def test_it_ends_with_the_program_also_while_it_connects(has_ended: Callable) -> None:
    """To a server that takes the call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"rtsp://127.0.0.1:{server.getsockname()[1]}/a"
        command = [sys.executable, "-c", CONNECTING, address, envelope().hex()]
        program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert program.stdout is not None
            relay = int(program.stdout.readline())
            connection, _ = server.accept()
            with connection:
                program.kill()
                assert has_ended(relay)
        finally:
            program.kill()
            program.communicate()


def envelope() -> bytes:
    """Pictures as they are handed to a relay, enough for it to begin: it reads some in advance."""
    noise = np.random.default_rng(0)
    output = io.BytesIO()
    with av.open(output, "w", format=ENVELOPE) as container:
        stream = container.add_stream("libx264", rate=25, options={"tune": "zerolatency"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(12):
            image = noise.integers(0, 256, (48, 64, 3), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "bgr24")))
        container.mux(stream.encode(None))
    return output.getvalue()
