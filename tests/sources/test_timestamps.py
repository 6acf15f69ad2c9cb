"""Times that increase."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.sources.timestamps import Timestamps

Given = list[int | None]


def mended(times: Given, step: int = 40) -> list[int]:
    timestamps = Timestamps(step)
    return [timestamps.next(pts) for pts in times]


@given(st.lists(st.none() | st.integers(-(10**9), 10**9), max_size=30), st.integers(-3, 10**6))
def test_times_increase_and_none_that_was_made_up_is_squeezed(times: Given, step: int) -> None:
    result = mended(times, step)
    assert all(before < after for before, after in pairwise(result))
    for (before, after), given_time in zip(pairwise(result), times[1:], strict=True):
        assert after == given_time or after - before >= max(1, step // 2)


@given(st.lists(st.integers(-(10**9), 10**9), unique=True).map(sorted))
def test_good_times_are_untouched(times: list[int]) -> None:
    timestamps = Timestamps(40)
    assert [timestamps.next(pts) for pts in times] == times
    assert timestamps.mended == 0


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([None] * 4, [0, 40, 80, 120]),
        ([7] * 4, [7, 47, 87, 127]),
        ([0, 40, None, 120], [0, 40, 80, 120]),
        ([0, 40, 40, 80, 120, 160], [0, 40, 80, 100, 120, 160]),  # then it is where the clock is
        ([0, 40, 80, 20, 120, 160], [0, 40, 80, 120, 140, 160]),
        ([0, 120, 40, 80, 240, 280], [0, 120, 160, 180, 240, 280]),
        ([400, 360, 320, 280], [400, 440, 480, 520]),
    ],
)
def test_a_clock_that_stands_still_or_runs_back(times: Given, expected: list[int]) -> None:
    assert mended(times) == expected


def test_a_clock_that_ticks_once_a_second_is_followed() -> None:
    result = mended([1000 * (index // 25) for index in range(250)])
    assert result[-1] == pytest.approx(9960, abs=1000)
    assert min(after - before for before, after in pairwise(result)) >= 20
