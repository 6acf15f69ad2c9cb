"""When frames are shown."""

from fractions import Fraction

import numpy as np
import pytest

from passerby.errors import OutputError
from passerby.media import Medium
from passerby.sinks.timing import Timing
from passerby.types import AnonymizedFrame, Frame, seal

PIXELS = np.zeros((2, 2, 3), np.uint8)
MILLISECOND = Fraction(1, 1000)


def at(pts: int | None, index: int = 0, time_base: Fraction = MILLISECOND) -> AnonymizedFrame:
    return seal(Frame(PIXELS, index=index, pts=pts, time_base=time_base), PIXELS)


def medium(rate: int | None = 25, duration: Fraction | None = None) -> Medium:
    return Medium(
        name="a.mkv",
        kind="video",
        width=2,
        height=2,
        rate=Fraction(rate) if rate else None,
        time_base=MILLISECOND,
        duration=duration,
    )


def test_times_pass_unchanged() -> None:
    timing = Timing(medium(), clocked=False)
    assert [timing.time_of(at(pts)) for pts in (7, 40, 41, 900)] == [7, 40, 41, 900]


def test_times_in_another_unit_are_converted() -> None:
    timing = Timing(medium(), clocked=False)
    assert timing.time_of(at(45000, time_base=Fraction(1, 90000))) == 500


@pytest.mark.parametrize("start", range(40))
def test_a_clocked_container_counts_frames_from_wherever_they_start(start: int) -> None:
    """Milliseconds of 30 frames a second are uneven: 0, 33, 67, 100."""
    timing = Timing(medium(rate=30), clocked=True)
    times = [timing.time_of(at(start + round(index * 1000 / 30))) for index in range(100)]
    assert np.diff(times).tolist() == [1] * 99


def test_a_clocked_container_refuses_what_it_cannot_hold() -> None:
    timing = Timing(medium(), clocked=True)
    timing.time_of(at(0))
    with pytest.raises(OutputError, match="variable frame rate"):
        timing.time_of(at(5))


def test_frames_without_times_are_counted() -> None:
    timing = Timing(medium(), clocked=False)
    assert [timing.time_of(at(None, index)) for index in range(3)] == [0, 40, 80]


@pytest.mark.parametrize(
    ("duration", "expected"),
    [(None, 40), (Fraction(1), 900), (Fraction(1, 100), 40), (Fraction(1000), 40)],
)
def test_the_last_frame_is_shown_to_the_end_if_that_is_credible(
    duration: Fraction | None, expected: int
) -> None:
    timing = Timing(medium(duration=duration), clocked=False)
    for pts in (500, 600):
        timing.time_of(at(pts))
    assert timing.last_duration() == expected


def test_without_a_rate_there_is_one() -> None:
    assert Timing(medium(rate=None), clocked=False).rate == 25
