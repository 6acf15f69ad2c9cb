import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

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
    assert relay.finish() == "the receiver took nothing for 0.3 s"


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
