"""When to look, in cases worked out by hand; `test_stages` has it at work."""

from fractions import Fraction

import numpy as np
import pytest

from passerby.media import Medium
from passerby.pipeline.schedule import Schedule
from passerby.types import Frame

PIXELS = np.zeros((1, 1, 3), np.uint8)


def looks(schedule: Schedule, frames: int) -> list[int]:
    looked = []
    for index in range(frames):
        frame = Frame(PIXELS, index=index)
        _, due = schedule.next(frame)
        if due:
            schedule.looked(frame)
            looked.append(index)
    return looked


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (25, [0, 3, 6, 9]),  # every third
        (60, [0, 6]),  # ten times a second
        (5, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),  # 0.3 s at the latest, which is one frame
        (None, [0, 3, 6, 9]),
    ],
)
def test_by_the_clock(rate: int | None, expected: list[int]) -> None:
    medium = Medium("street", "video", 1, 1, rate=None if rate is None else Fraction(rate))
    assert looks(Schedule(None, medium), 10) == expected


def test_in_every_kth_frame() -> None:
    assert looks(Schedule(4, Medium("street", "video", 1, 1)), 10) == [0, 4, 8]


def test_a_look_that_failed_is_due_again() -> None:
    schedule = Schedule(4, Medium("street", "video", 1, 1))
    assert [schedule.next(Frame(PIXELS, index=index))[1] for index in range(3)] == [True] * 3
