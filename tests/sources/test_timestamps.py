"""Times that increase."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from passerby.sources.timestamps import Timestamps


@given(st.lists(st.none() | st.integers(-(10**9), 10**9), max_size=30), st.integers(-3, 10**6))
def test_times_increase_whatever_comes(given_times: list[int | None], step: int) -> None:
    times = Timestamps(step)
    result = [times.next(pts) for pts in given_times]
    assert all(before < after for before, after in pairwise(result))


@given(st.lists(st.integers(-(10**9), 10**9), unique=True).map(sorted))
def test_good_times_are_untouched(given_times: list[int]) -> None:
    times = Timestamps(40)
    assert [times.next(pts) for pts in given_times] == given_times
    assert times.mended == 0
