"""When to look, in cases worked out by hand; `test_stages` has it at work."""

from fractions import Fraction

import numpy as np
import pytest

from passerby.detections import Detections
from passerby.media import Medium
from passerby.pipeline.film import Film, FrameTask, LookSchedule
from passerby.tracking import TrackingSettings
from passerby.types import Frame

PIXELS = np.zeros((1, 1, 3), np.uint8)


def looks(schedule: LookSchedule, frames: int) -> list[int]:
    looked = []
    for index in range(frames):
        if schedule.next(Frame(PIXELS, index=index)).due:
            schedule.looked()
            looked.append(index)
    return looked


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (25, [0, 3, 6, 9]),
        (120, [0, 3, 6, 9]),
        (7, [0, 2, 4, 6, 8]),  # 0.3 s at the latest, which is two frames
        (5, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (None, [0, 3, 6, 9]),
    ],
)
def test_by_frames_and_by_the_clock(rate: int | None, expected: list[int]) -> None:
    medium = Medium("street", "video", 1, 1, rate=None if rate is None else Fraction(rate))
    assert looks(LookSchedule(None, medium), 10) == expected


def test_in_every_kth_frame() -> None:
    assert looks(LookSchedule(4, Medium("street", "video", 1, 1)), 10) == [0, 4, 8]


def test_a_look_that_failed_is_due_again() -> None:
    schedule = LookSchedule(4, Medium("street", "video", 1, 1))
    assert [schedule.next(Frame(PIXELS, index=index)).due for index in range(3)] == [True] * 3


def moments(schedule: LookSchedule, times: list[int]) -> list[FrameTask]:
    out = []
    for index, time in enumerate(times):
        frame = Frame(PIXELS, index=index, pts=time, time_base=Fraction(1, 100))
        out.append(schedule.next(frame))
        if out[-1].due:
            schedule.looked()
    return out


def test_after_a_pause_the_frame_before_it_is_asked_for_too() -> None:
    out = moments(LookSchedule(None, Medium("a", "video", 1, 1, rate=Fraction(25))), [0, 4, 90, 94])
    assert [moment.late for moment in out] == [False, False, True, False]
    assert [moment.due for moment in out] == [True, False, True, False]


def test_a_clock_that_stands_still_or_runs_back_goes_on_by_the_rate() -> None:
    schedule = LookSchedule(None, Medium("a", "video", 1, 1, rate=Fraction(10)))
    times = [moment.time for moment in moments(schedule, [500, 500, 3, 7, 525, 560])]
    assert times == pytest.approx([5.0, 5.1, 5.2, 5.3, 5.4, 5.6])


def test_what_has_waited_long_enough_leaves_before_the_next_search() -> None:
    """A search takes long, and cannot change it any more."""
    events: list[str] = []

    def look(frame: Frame) -> Detections:
        events.append(f"look {frame.index}")
        return Detections.none()

    medium = Medium("street", "video", 1, 1, rate=Fraction(8))
    film = Film(medium, look, TrackingSettings(), 0.25, 2)
    for index in range(6):
        frame = Frame(PIXELS, index=index, pts=index, time_base=Fraction(1, 8))
        for released in film.push(frame):
            events.append(f"out {released.payload.index}")  # noqa: PERF401  (in their order)
    assert events == ["look 0", "look 2", "out 0", "out 1", "look 4", "out 2"]


def test_a_live_stream_may_be_a_little_late() -> None:
    """Ten pictures a second whatever it claims; a video has no such excuse."""
    live, video = (Medium("a", kind, 1, 1, rate=Fraction(25)) for kind in ("live", "video"))
    times = [0, 10, 20, 31, 40, 51, 62, 72, 82, 94]
    out = moments(LookSchedule(None, live), times)
    assert [moment.due for moment in out] == [True, False, False] * 3 + [True]
    assert not any(moment.late for moment in out)
    assert moments(LookSchedule(None, video), times)[3].late
    assert moments(LookSchedule(None, live), [0, 10, 20, 34])[3].late
