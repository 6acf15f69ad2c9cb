"""When each person was in view."""

from pathlib import Path

import numpy as np
import pytest

from passerby.runs.track.people import TrackedPerson, people_of, write_people
from passerby.tracking.clothing import HISTOGRAM_SIZE
from passerby.tracking.tracklet import Tracklet


def track(times: list[float]) -> Tracklet:
    """Somebody seen at these times, in a video of ten frames a second."""
    count = len(times)
    return Tracklet(
        np.array([round(10 * time) for time in times], np.int64),
        np.array(times),
        np.zeros((count, 4), np.float32),
        np.ones(count, np.float32),
        np.zeros(HISTOGRAM_SIZE, np.float32),
    )


def test_short_gaps_count_as_in_view_and_long_ones_do_not() -> None:
    first, second = people_of([track([0.5, 0.7, 2.7, 7.0, 7.1]), track([3.0, 3.5])])
    assert first == TrackedPerson(
        person=1,
        first_frame=6,
        last_frame=72,
        first_seen=0.5,
        last_seen=7.1,
        in_view=pytest.approx(0.2 + 2.0 + 0.1),
        sightings=5,
    )
    assert (second.person, second.first_frame, second.in_view) == (2, 31, 0.5)


def test_the_table_has_a_line_for_each(tmp_path: Path) -> None:
    write_people(tmp_path / "people.csv", people_of([track([0.0, 1 / 3]), track([1.0, 1.5])]))
    assert (tmp_path / "people.csv").read_text(encoding="utf-8").splitlines() == [
        "person,first_frame,last_frame,first_seen,last_seen,in_view,sightings",
        "1,1,4,0,0.333,0.333,2",
        "2,11,16,1,1.5,0.5,2",
    ]
