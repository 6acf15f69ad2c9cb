"""Where tracks are drawn, against places reckoned by hand."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from passerby.serve.timeline import time_ticks, timeline_of
from passerby.store.browsing import ListedTrack
from passerby.store.reading import StoredTrack
from passerby.store.times import SECOND

BERLIN = ZoneInfo("Europe/Berlin")
NOON = int(datetime(2027, 1, 15, 12, tzinfo=UTC).timestamp()) * SECOND


def track(camera: str, began: int, ended: int) -> ListedTrack:
    number = 100 * began + ended
    return ListedTrack(
        StoredTrack(number, camera, NOON + began * SECOND, NOON + ended * SECOND, False, "x"),
        None,
        None,
    )


def test_bars_are_where_their_times_are() -> None:
    tracks = [track("hall", 0, 10), track("door", 20, 30), track("hall", 90, 100)]
    found = timeline_of(tracks, ["hall", "door"], BERLIN)
    assert {(one.entry.track.camera, one.x, one.width) for one in found.bars} == {
        ("hall", 0.0, 10.0),
        ("door", 20.0, 10.0),
        ("hall", 90.0, 10.0),
    }
    assert [one.camera for one in found.lanes] == ["hall", "door"]
    assert found.lanes[1].y == found.lanes[0].height


def test_people_at_one_time_lie_below_each_other() -> None:
    tracks = [track("hall", start, start + 20) for start in (0, 5, 10, 20)]
    bars = timeline_of(tracks, ["hall"], BERLIN).bars
    rows = {one.entry.track.began: one.y for one in bars}
    places = [rows[NOON + start * SECOND] for start in (0, 5, 10, 20)]
    assert places[0] < places[1] < places[2]
    assert places[3] == places[0]  # who was there is gone
    for one in bars:
        for other in bars:
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert one is other or apart or one.y != other.y


def test_a_crowd_keeps_its_lane_small_and_everything_inside() -> None:
    tracks = [track("hall", start // 4, start // 4 + 9) for start in range(200)]
    found = timeline_of(tracks, ["hall"], BERLIN)
    assert len(found.bars) == 200
    assert found.height < 150
    assert all(one.x >= 0 and one.x + one.width <= 100.01 for one in found.bars)


def test_a_track_of_another_camera_and_one_of_no_time_do_no_harm() -> None:
    found = timeline_of([track("gone", 0, 5), track("hall", 3, 3)], ["hall"], BERLIN)
    assert len(found.bars) == 1
    assert found.bars[0].width > 0
    assert len(timeline_of([track("hall", 3, 3)], ["hall"], BERLIN).bars) == 1


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (60, ["13:00:00", "13:00:15", "13:00:30", "13:00:45", "13:01:00"]),
        (3 * 3600, ["13:00", "14:00", "15:00", "16:00"]),
        (3 * 86_400, ["16 Jan", "17 Jan", "18 Jan"]),
    ],
)
def test_ticks_are_round_times_of_the_zone(seconds: int, labels: list[str]) -> None:
    ticks = time_ticks(NOON, NOON + seconds * SECOND, BERLIN)
    assert [one.label for one in ticks] == labels
    if seconds == 60:
        assert [one.x for one in ticks] == [0, 25, 50, 75, 100]


def test_ticks_of_a_night_when_clocks_are_changed_are_where_clocks_show_them() -> None:
    first = int(datetime(2027, 3, 28, 0, tzinfo=BERLIN).timestamp()) * SECOND
    ticks = time_ticks(first, first + 6 * 3600 * SECOND, BERLIN)
    for one in ticks:
        at = first + one.x / 100 * 6 * 3600 * SECOND
        shown = datetime.fromtimestamp(at / SECOND + 1, BERLIN)
        assert one.label == f"{shown:%H:%M}"
