"""Ctrl-C and SIGTERM end a live source; the second one breaks in."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from passerby.runs.anonymize.stopping import ended_by_signals


class Camera:
    """Waits for the next picture until it is closed."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[int]:
        while not self.closed.is_set():
            yield 0
            os.kill(os.getpid(), self.signal)
            assert self.closed.wait(10)

    def close(self) -> None:
        self.closed.set()


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Those of the tests' own process come back, whatever happens."""
    watched = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
    kept = {number: signal.getsignal(number) for number in watched}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_ends_the_source_and_what_was_before_comes_back(
    number: signal.Signals,
) -> None:
    before = signal.getsignal(number)
    camera = Camera()
    camera.signal = number
    with ended_by_signals(camera):
        assert list(camera) == [0]
    assert signal.getsignal(number) is before


def test_the_second_signal_does_what_it_did_before() -> None:
    camera = Camera()
    with ended_by_signals(camera):
        os.kill(os.getpid(), signal.SIGINT)
        assert camera.closed.wait(10)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_without_a_signal_nothing_is_closed_and_all_is_as_before() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    camera = Camera()
    with ended_by_signals(camera):
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    assert not camera.closed.is_set()


def test_another_thread_leaves_signals_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def work() -> None:
        with ended_by_signals(Camera()):
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
