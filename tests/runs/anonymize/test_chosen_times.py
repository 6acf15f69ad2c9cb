"""Times in which no frame lies."""

import pytest

from passerby.pipeline.settings import CoverSettings
from passerby.runs.anonymize.chosen_times import ChosenTimes


def watched(times: list[float | None], **chosen: object) -> ChosenTimes:
    one = ChosenTimes(CoverSettings(**chosen))
    for time in times:
        one.add(time)
    return one


@pytest.mark.parametrize(
    ("chosen", "unmet"),
    [
        ({}, ()),
        ({"cover_time": ["0-1"], "leave_time": ["0:02-"]}, ()),
        ({"cover_time": ["3-4"]}, ("3-4 (--cover-time)",)),
        ({"cover_time": ["1-2", "0:09-"]}, ("0:09- (--cover-time)",)),
        ({"leave_time": ["0.5-0.9"]}, ("0.5-0.9 (--leave-time)",)),  # between two frames
        ({"leave_time": ["2.5-"], "cover_time": ["2.5-"]}, None),
    ],
)
def test_those_are_told_that_meet_no_frame(
    chosen: dict[str, list[str]], unmet: tuple[str, ...] | None
) -> None:
    one = watched([0.0, 1.0, 2.0], **chosen)
    expected = ("2.5- (--cover-time)", "2.5- (--leave-time)") if unmet is None else unmet
    assert one.unmet == expected
    assert len(one.notes()) == bool(expected)


def test_the_note_says_where_the_film_ends() -> None:
    (note,) = watched([0.0, 3725.5], cover_time=["2:00:00-"]).notes()
    assert note == (
        "no frame lies in 2:00:00- (--cover-time): times count from the first picture, and the "
        "last is at 1:02:05.50"
    )
    assert "the last is at 1:05.00" in watched([65.0], cover_time=["9-10"]).notes()[0]


def test_where_there_is_no_time_there_is_nothing_to_tell() -> None:
    assert watched([None, None], cover_time=["0-1"]).notes() == ()
    assert watched([], cover_time=["0-1"]).notes() == ()


def test_a_picture_has_no_time_to_leave() -> None:
    one = watched([None], leave_time=["0-1"])
    assert one.unmet == ("0-1 (--leave-time)",)
    assert one.notes() == ("a picture has no time: 0-1 (--leave-time) leaves nothing",)
