from collections import deque
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.errors import ConfigError
from passerby.sources.live_buffer import LiveBuffer


def taken(buffer: LiveBuffer[int]) -> list[int]:
    return list(iter(buffer.take, None))


def test_the_oldest_are_dropped_and_counted() -> None:
    buffer = LiveBuffer[int](3)
    for item in range(1, 8):
        buffer.put(item)
    buffer.end()
    assert taken(buffer) == [5, 6, 7]
    assert buffer.dropped == 4


@given(st.integers(1, 4), st.lists(st.sampled_from(["put", "take"]), max_size=40))
def test_behaves_like_a_list_cut_from_the_front(capacity: int, steps: list[str]) -> None:
    buffer, waiting, dropped = LiveBuffer[int](capacity), deque[int](), 0
    for number, step in enumerate(steps):
        if step == "put":
            buffer.put(number)
            waiting.append(number)
            if len(waiting) > capacity:
                waiting.popleft()
                dropped += 1
        elif waiting:
            assert buffer.take() == waiting.popleft()
        assert buffer.dropped == dropped
    buffer.end()
    assert taken(buffer) == list(waiting)


def test_peek_leaves_the_item() -> None:
    buffer = LiveBuffer[int](2)
    buffer.put(7)
    assert (buffer.peek(), buffer.peek(), buffer.take()) == (7, 7, 7)


def test_what_waits_is_given_out_after_the_end_and_nothing_is_added() -> None:
    buffer = LiveBuffer[int](2)
    buffer.put(1)
    buffer.end()
    buffer.put(2)
    assert taken(buffer) == [1]
    assert buffer.peek() is None
    assert buffer.dropped == 0


def test_discarding_throws_away_what_waits() -> None:
    buffer = LiveBuffer[int](2)
    buffer.put(1)
    buffer.end(discard=True)
    assert taken(buffer) == []


@pytest.mark.parametrize("wait", [LiveBuffer.take, LiveBuffer.peek])
def test_waits_for_another_thread(wait: object) -> None:
    buffer = LiveBuffer[int](2)
    got: list[int | None] = []
    thread = Thread(target=lambda: got.append(wait(buffer)))  # type: ignore[operator]
    thread.start()
    buffer.put(5)
    thread.join(5)
    assert got == [5]


def test_the_end_wakes_who_waits() -> None:
    buffer = LiveBuffer[int](2)
    got: list[int | None] = []
    thread = Thread(target=lambda: got.append(buffer.take()))
    thread.start()
    buffer.end()
    thread.join(5)
    assert got == [None]


@pytest.mark.parametrize("capacity", [0, -1])
def test_refuses_to_hold_nothing(capacity: int) -> None:
    with pytest.raises(ConfigError, match="at least 1 frame"):
        LiveBuffer[int](capacity)
