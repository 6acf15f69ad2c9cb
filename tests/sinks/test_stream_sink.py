from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.errors import OutputError, PrivacyError
from passerby.media import Medium
from passerby.runtime.backoff import Backoff
from passerby.sinks import stream_sink
from passerby.sinks.live_connection import SendError
from passerby.sinks.stream_sink import SendStatistics, StreamSink
from passerby.types import AnonymizedFrame, Frame, seal

MILLISECOND = Fraction(1, 1000)


def sealed(pts: int | None, width: int = 4, height: int = 2) -> AnonymizedFrame:
    image = np.zeros((height, width, 3), np.uint8)
    return seal(Frame(image, pts=pts, time_base=MILLISECOND), image)


class Receiver:
    """Hands out connections that take so many frames each; None means all."""

    def __init__(self, *capacities: int | None, reachable: bool = True) -> None:
        self.now = 100.0
        self.got: list[tuple[int, int | None]] = []
        self.attempts = 0
        self.ended: list[str] = []
        self._capacities = list(capacities)
        self._reachable = reachable

    def connect(self) -> "Connection":
        capacity = self._capacities[min(self.attempts, len(self._capacities) - 1)]
        self.attempts += 1
        if capacity == -1:
            raise SendError("refused")
        return Connection(self, self.attempts, capacity, connected=self._reachable)

    def sink(self, kind: str = "live", retries: int | None = None) -> StreamSink:
        medium = Medium("source", kind, 4, 2, time_base=MILLISECOND)
        backoff = Backoff(first=1, longest=4, jitter=0)
        connect: Any = self.connect
        return StreamSink(
            "the receiver",
            medium,
            connect,
            retries=retries,
            backoff=backoff,
            clock=lambda: self.now,
        )


class Connection:
    def __init__(
        self, receiver: Receiver, number: int, capacity: int | None, *, connected: bool
    ) -> None:
        self.connected = connected
        self._receiver = receiver
        self._number = number
        self._room = capacity

    def send(self, frame: AnonymizedFrame, moment: float) -> None:
        assert moment == frame.pts / 1000
        if self._room == 0:
            raise SendError("broken pipe")
        self._room = None if self._room is None else self._room - 1
        self._receiver.got.append((self._number, frame.pts))

    def finish(self) -> None:
        if self._room == 0:
            raise SendError("broken pipe")
        self._receiver.ended.append("finished")

    def drop(self) -> None:
        self._receiver.ended.append("dropped")


def test_sends_frames_on_one_connection_and_ends_it() -> None:
    receiver = Receiver(None)
    sink = receiver.sink()
    for pts in (0, 40, 80):
        sink.write(sealed(pts))
    sink.commit()
    assert receiver.got == [(1, 0), (1, 40), (1, 80)]
    assert receiver.ended == ["finished"]
    assert sink.statistics == SendStatistics(frames_sent=3)


def test_a_lost_receiver_is_tried_again_and_frames_between_are_dropped() -> None:
    receiver = Receiver(2, None)
    sink = receiver.sink()
    for second in range(6):  # the third finds it broken; the wait is over when the fourth comes
        sink.write(sealed(second * 1000))
        receiver.now += 0.5
    sink.commit()
    assert receiver.got == [(1, 0), (1, 1000), (2, 4000), (2, 5000)]
    assert sink.statistics == SendStatistics(frames_sent=4, frames_dropped=2, reconnects=1)


def test_gives_up_after_so_many_attempts_in_a_row() -> None:
    receiver = Receiver(1, -1, -1, None)
    sink = receiver.sink(retries=1)
    sink.write(sealed(0))
    sink.write(sealed(1))
    receiver.now += 10
    with pytest.raises(OutputError, match="refused, and 1 attempt to reconnect failed: check"):
        sink.write(sealed(2))


def test_a_frame_that_goes_through_ends_the_row_of_failures() -> None:
    receiver = Receiver(1)
    sink = receiver.sink(retries=1)
    for pts in range(20):
        sink.write(sealed(pts))
        receiver.now += 10
    assert sink.statistics.frames_sent == 10
    assert sink.statistics.frames_dropped == 10


@pytest.mark.parametrize("receiver", [Receiver(-1), Receiver(0, reachable=False)])
def test_a_receiver_that_never_answered_is_told_at_once(receiver: Receiver) -> None:
    with pytest.raises(OutputError, match=r"cannot send to the receiver: .*: check the address"):
        receiver.sink().write(sealed(0))


def test_an_end_without_connection_is_an_error() -> None:
    receiver = Receiver(1)
    sink = receiver.sink()
    sink.write(sealed(0))
    sink.write(sealed(1))
    with pytest.raises(OutputError, match="no connection at the end"):
        sink.commit()


def test_an_end_that_does_not_get_through_is_an_error() -> None:
    sink = Receiver(1).sink()
    sink.write(sealed(0))
    with pytest.raises(OutputError, match="broken pipe"):
        sink.commit()


@pytest.mark.parametrize("end", [StreamSink.commit, StreamSink.abort])
def test_nothing_is_sent_after_the_end(end: Callable[[StreamSink], None]) -> None:
    receiver = Receiver(None)
    sink = receiver.sink()
    sink.write(sealed(0))
    end(sink)
    sink.abort()
    with pytest.raises(OutputError, match="ended already"):
        sink.write(sealed(1))
    assert len(receiver.got) == len(receiver.ended) == 1


def test_an_end_before_any_frame_sends_nothing() -> None:
    receiver = Receiver(None)
    receiver.sink().commit()
    receiver.sink().abort()
    assert receiver.attempts == 0


def test_aborting_drops_the_connection() -> None:
    receiver = Receiver(None)
    sink = receiver.sink()
    sink.write(sealed(0))
    sink.abort()
    assert receiver.ended == ["dropped"]


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (sealed(5, width=8), "8x2 instead of 4x2"),
        (sealed(5, height=4), "4x4 instead of 4x2"),
        (sealed(None), "has no time"),
        (sealed(1), "not later than the one before"),
        (sealed(0), "not later than the one before"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused(frame: AnonymizedFrame, reason: str) -> None:
    receiver = Receiver(None)
    sink = receiver.sink()
    sink.write(sealed(1))
    with pytest.raises(OutputError, match=reason):
        sink.write(frame)
    assert len(receiver.got) == 1


@pytest.mark.parametrize("raw", [Frame(np.zeros((2, 4, 3), np.uint8), pts=0), None, b"raw"])
def test_raw_pixels_open_no_connection(raw: Any) -> None:
    receiver = Receiver(None)
    with pytest.raises(PrivacyError):
        receiver.sink().write(raw)
    assert receiver.attempts == 0


@pytest.mark.parametrize(
    ("kind", "waits"), [("video", [0.0, 0.25, 0.5]), ("animation", [0.0, 0.25, 0.5]), ("live", [])]
)
def test_frames_of_a_file_wait_until_they_are_due_and_live_ones_do_not(
    kind: str, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(stream_sink.time, "sleep", slept.append)
    sink = Receiver(None).sink(kind)
    for pts in (0, 250, 500):
        sink.write(sealed(pts))
    assert slept == waits


@given(st.lists(st.one_of(st.just(-1), st.integers(0, 5)), max_size=8), st.integers(0, 30))
def test_every_frame_is_sent_or_counted_as_dropped(capacities: list[int], frames: int) -> None:
    receiver = Receiver(1, *capacities, None)
    sink = receiver.sink()
    for pts in range(frames):
        sink.write(sealed(pts))
        receiver.now += 0.7
    counts = sink.statistics
    assert counts.frames_sent == len(receiver.got)
    assert counts.frames_sent + counts.frames_dropped == frames
    assert counts.reconnects == max(receiver.attempts - 1, 0)
