import numpy as np
import pytest

from passerby.attack.motion import GAPS, gap_events, motion_costs, picked_first
from passerby.evaluate.tracking import Trajectories


def walking(speeds, frames=60, apart=100):
    """People who walk to the right, each at a speed, on lines of their own."""
    rows = [(frame, who) for frame in range(1, frames + 1) for who in range(len(speeds))]
    boxes = [
        [speeds[who] * frame, apart * who, speeds[who] * frame + 10, apart * who + 20]
        for frame, who in rows
    ]
    return Trajectories.of([one[0] for one in rows], [one[1] + 1 for one in rows], boxes)


def test_gaps_are_cut_into_tracks_that_are_long_enough():
    tracks = walking([1, 2, 3])
    events = gap_events(tracks)
    assert {one.gap for one in events} == {5, 25}  # 60 frames hold no gap of 75
    assert GAPS == (5, 25, 75)
    for one in events:
        last, first = one.before[-1], one.after[one.right]
        assert tracks.ids[last] == tracks.ids[first]
        assert tracks.frames[first] - tracks.frames[last] == one.gap
        assert len(one.after) == 3
        assert (np.diff(tracks.frames[one.before]) == 1).all()
        assert 2 <= len(one.before) <= 10


def test_where_nobody_else_is_there_is_nothing_to_follow():
    assert gap_events(walking([1])) == []


def test_whoever_walks_on_is_where_they_are_expected():
    tracks = walking([1, -2])
    for one in gap_events(tracks):
        costs = motion_costs(tracks, one)
        assert costs[one.right] == pytest.approx(0, abs=1e-9)
        other = 1 - one.right
        there = tracks.boxes[one.after[other]]
        own = tracks.boxes[one.after[one.right]]
        assert costs[other] == pytest.approx(np.linalg.norm((there - own)[[0, 1]]) / 20)


def test_speed_is_that_of_the_line_through_all_boxes():
    rng = np.random.default_rng(0)
    tracks = walking([3, 1])
    noisy = Trajectories(
        tracks.frames, tracks.ids, tracks.boxes + np.repeat(rng.normal(0, 1, (120, 2)), 2, axis=1)
    )
    event = gap_events(noisy)[0]
    boxes, times = noisy.boxes[event.before], noisy.frames[event.before]
    feet = np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3], boxes[:, 3] - boxes[:, 1]])
    later = times[-1] + event.gap
    expected = [np.polyval(np.polyfit(times, one, 1), later) for one in feet]
    after = noisy.boxes[event.after]
    there = np.stack([(after[:, 0] + after[:, 2]) / 2, after[:, 3], after[:, 3] - after[:, 1]])
    slow = np.linalg.norm(there.T - expected, axis=1) / feet[2, -1]
    np.testing.assert_allclose(motion_costs(noisy, event), slow, rtol=1e-6)


def test_ties_are_picked_at_random():
    assert picked_first(np.array([1.0, 0.5, 0.5]), 1) == 0.5
    assert picked_first(np.array([1.0, 0.5, 0.5]), 0) == 0
    assert picked_first(np.array([3.0, 3, 3]), 2) == pytest.approx(1 / 3)
