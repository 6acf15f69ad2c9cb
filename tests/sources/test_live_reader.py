from collections.abc import Generator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.runtime.backoff import Backoff
from passerby.sources.connection import StreamError
from passerby.sources.live_buffer import LiveBuffer
from passerby.sources.live_reader import LiveReader, StreamStatistics, TimedPicture

PICTURE, DAMAGED = "picture", "damaged"
Script = Sequence[Any]
"""What one connection does: pictures, seconds that pass, and last the words of its fault."""


class Camera:
    """Plays one script a connection on a clock of its own; then the reader is told to stop."""

    def __init__(self, *scripts: Script, retries: int | None = None, capacity: int = 100) -> None:
        self.now = 50.0
        self.waits: list[float] = []
        self.buffer = LiveBuffer[TimedPicture](capacity)
        self._scripts = list(scripts)
        self._over = False
        self.reader = LiveReader(
            self._connect,
            self.buffer,
            backoff=Backoff(first=1, longest=4, jitter=0),
            retries=retries,
            clock=lambda: self.now,
            wait=self._wait,
        )

    def _connect(self) -> Generator[Any, None, None]:
        *steps, fault = self._scripts.pop(0)
        for step in steps:
            if isinstance(step, str):
                yield SimpleNamespace(frame=SimpleNamespace(is_corrupt=step == DAMAGED))
            else:
                self.now += step
        self._over = not self._scripts
        raise StreamError(fault)

    def _wait(self, seconds: float) -> bool:
        if seconds:
            self.waits.append(seconds)
            self.now += seconds
        return self._over

    def times(self) -> list[int]:
        self.reader.run()
        return [timed.pts for timed in iter(self.buffer.take, None)]


def test_the_clock_gives_the_times_in_units_of_90_kilohertz() -> None:
    camera = Camera([PICTURE, 0.5, PICTURE, 0.25, PICTURE, "gone"], retries=0)
    assert camera.times() == [0, 45_000, 67_500]


def test_times_rise_even_when_pictures_come_at_once() -> None:
    assert Camera([PICTURE, PICTURE, PICTURE, "gone"]).times() == [0, 1, 2]


def test_the_times_go_on_after_an_outage() -> None:
    camera = Camera([PICTURE, 2.0, "gone"], [PICTURE, "gone"])
    assert camera.times() == [0, 3 * 90_000]  # 2 s until the fault and 1 s of back-off
    assert camera.reader.statistics == StreamStatistics(
        frames_read=2, reconnects=1, seconds_without_picture=3.0 + 1.0
    )


def test_the_wait_grows_with_failures_and_starts_anew_after_a_picture() -> None:
    refused = ["refused"]
    camera = Camera(
        *([PICTURE, "gone"], refused, refused, refused, [PICTURE, "gone"], refused, refused)
    )
    camera.times()
    assert camera.waits == [1, 2, 4, 4, 1, 2, 4]


def test_gives_up_after_so_many_attempts_in_a_row() -> None:
    camera = Camera([PICTURE, "gone"], ["refused"], ["dead"], [PICTURE, "gone"], retries=2)
    assert len(camera.times()) == 1
    assert camera.reader.failure == "dead, and 2 attempts to reconnect failed"


def test_with_no_retries_the_first_fault_ends_it() -> None:
    camera = Camera([PICTURE, "gone"], [PICTURE, "gone"], retries=0)
    assert len(camera.times()) == 1
    assert camera.reader.failure == "gone, and 0 attempts to reconnect failed"


@pytest.mark.parametrize("script", [["refused"], [DAMAGED, "refused"]])
def test_a_first_connection_without_a_picture_is_not_tried_again(script: Script) -> None:
    camera = Camera(script, [PICTURE, "gone"])
    assert camera.times() == []
    assert camera.reader.failure == "refused"
    assert camera.waits == []


def test_damaged_pictures_are_dropped_and_counted() -> None:
    camera = Camera([DAMAGED, 1.0, PICTURE, DAMAGED, 1.0, PICTURE, "gone"], retries=0)
    assert camera.times() == [0, 90_000]
    counts = camera.reader.statistics
    assert (counts.frames_read, counts.frames_damaged) == (4, 2)


def test_a_damaged_picture_does_not_end_an_outage() -> None:
    camera = Camera([PICTURE, "gone"], [DAMAGED, "gone"], [PICTURE, "gone"])
    camera.times()
    assert camera.reader.statistics.reconnects == 1


def test_late_pictures_are_counted() -> None:
    camera = Camera([PICTURE] * 10 + ["gone"], retries=0, capacity=3)
    assert len(camera.times()) == 3
    assert camera.reader.statistics.frames_late == 7


def test_an_outage_that_goes_on_is_counted_as_it_grows() -> None:
    camera = Camera([PICTURE, 5.0, "gone"], retries=0)
    camera.times()
    before = camera.reader.statistics.seconds_without_picture
    camera.now += 2
    assert (before, camera.reader.statistics.seconds_without_picture) == (5.0, 7.0)


def test_whatever_breaks_the_reader_ends_the_buffer() -> None:
    camera = Camera()  # has no script to play, which raises IndexError
    camera.reader.run()
    assert camera.buffer.take() is None
    assert (camera.reader.failure or "").startswith("IndexError: ")


steps = st.lists(st.one_of(st.sampled_from([PICTURE, DAMAGED]), st.floats(0, 20)), max_size=15)


@pytest.mark.slow
@given(st.lists(steps.map(lambda script: [*script, "gone"]), min_size=1, max_size=6))
def test_whatever_happens_times_rise_and_every_picture_is_accounted_for(
    scripts: list[Script],
) -> None:
    camera = Camera([PICTURE, "gone"], *scripts, capacity=5)
    times = camera.times()
    counts = camera.reader.statistics
    assert times == sorted(set(times))
    assert counts.frames_read == 1 + sum(
        isinstance(step, str) for *script, _ in scripts for step in script
    )
    assert counts.frames_read == len(times) + counts.frames_late + counts.frames_damaged
    assert 0 <= counts.reconnects <= len(scripts)
    assert 0 <= counts.seconds_without_picture <= camera.now - 50 + 1e-6
