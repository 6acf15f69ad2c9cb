from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from passerby.runtime.pacing import LARGEST_STEP, Pacer


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def delays(pacer: Pacer, times: Sequence[float]) -> list[float]:
    return [pacer.delay(time) for time in times]


def test_a_burst_is_spread_over_its_own_time() -> None:
    assert delays(Pacer(Clock()), [5.0, 5.25, 5.5]) == [0, 0.25, 0.5]


def test_pictures_in_time_do_not_wait() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    for number in range(4):
        assert pacer.delay(number * 0.5) == 0
        clock.now += 0.5


def test_a_late_picture_is_due_at_once_and_moves_what_follows() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    pacer.delay(0.0)
    clock.now += 3.0
    assert delays(pacer, [1.0, 1.5]) == [0, 0.5]


def test_a_new_timeline_is_not_waited_for() -> None:
    pacer = Pacer(Clock())
    assert delays(pacer, [0.0, LARGEST_STEP + 1, LARGEST_STEP + 1.5, -7.0, -6.5]) == [
        *(0, 0, 0.5),
        *(0, 0.5),
    ]


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0, 100))))
def test_no_wait_is_negative_or_endless(steps: list[tuple[float, float]]) -> None:
    clock = Clock()
    pacer = Pacer(clock)
    for time, elapsed in steps:
        assert 0 <= pacer.delay(time) <= LARGEST_STEP
        clock.now += elapsed
