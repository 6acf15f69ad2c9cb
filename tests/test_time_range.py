"""Times as people write them, by hand."""

import math

import pytest

from passerby.errors import ConfigError
from passerby.time_range import TimeRange


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("0:10-1:05", 10, 65),
        ("12.5-", 12.5, None),
        ("-30", 0, 30),
        ("1:02:03.5-2:00:00", 3723.5, 7200),
        (" 1 - 2 ", 1, 2),
        ("0-90:00", 0, 5400),
    ],
)
def test_readable_times(text: str, start: float, end: float | None) -> None:
    assert TimeRange.parse(text) == TimeRange(start, end)


@pytest.mark.parametrize(
    "text",
    ["", "-", "5", "5-5", "6-5", "a-b", "1:2:3:4-", "-1-2", "nan-", "1e3-", "--5", "1-2-3", "-0"],
)
def test_malformed_times_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="time"):
        TimeRange.parse(text)


@pytest.mark.parametrize("text", ["1:75-2:00", "0:60-", "-1:60:00", "0-1:00:60.5"])
def test_times_that_no_clock_shows_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="does not exist: after a colon, 59 is the largest"):
        TimeRange.parse(text)


def test_a_refused_range_is_said_in_seconds() -> None:
    with pytest.raises(ConfigError, match=r"end after its start, not 5 to 3 seconds$"):
        TimeRange.parse("5-3")


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (math.nan, 2), (0, math.nan)])
def test_impossible_ranges_are_refused(start: float, end: float) -> None:
    with pytest.raises(ConfigError, match="time range"):
        TimeRange(start, end)


def test_both_ends_belong_to_a_range() -> None:
    part = TimeRange(1, 2)
    assert [time in part for time in (0.99, 1, 1.5, 2, 2.01)] == [False, True, True, True, False]
    assert 1e9 in TimeRange(1)
