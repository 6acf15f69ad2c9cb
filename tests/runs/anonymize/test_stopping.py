"""Ctrl-C and SIGTERM end a live source; the second one breaks in."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from passerby.runs.anonymize.stopping import ended_after, ended_by_signals
from passerby.sources.streams import LiveStream
from passerby.types import Frame


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


class Silent(LiveStream):
    """Says nothing until it is finished."""

    def __init__(self) -> None:
        self.finished = threading.Event()

    def __iter__(self) -> Iterator[Frame]:
        assert self.finished.wait(10)
        return iter(())

    def finish(self) -> None:
        self.finished.set()


def test_after_its_time_a_stream_is_finished() -> None:
    stream = Silent()
    with ended_after(stream, 0.05):
        assert list(stream) == []


@pytest.mark.parametrize("seconds", [None, 0.05])
def test_what_ends_before_its_time_is_left_alone(seconds: float | None) -> None:
    stream = Silent()
    with ended_after(stream, seconds):
        pass
    assert not stream.finished.wait(0.2)


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
