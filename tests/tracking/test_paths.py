"""Where bodies are between looks: what is seen is never cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.detections import Detections, Kind
from passerby.tracking import TrackingSettings
from passerby.tracking.paths import Paths
from passerby.tracking.tracker import Tracker


def followed(looks: dict[float, Detections], options: TrackingSettings | None = None) -> Paths:
    """The paths of a tracker that is shown these looks."""
    chosen = options or TrackingSettings(evidence=0)
    tracker, paths, before = Tracker(chosen), Paths(chosen), None
    for time, found in looks.items():
        tracker.update(found, 0 if before is None else time - before)
        paths.add(time, tracker.bodies, tracker.seen, tracker.boxes)
        before = time
    return paths


def holds(known: Detections, box: np.ndarray, slack: float = 1e-3) -> bool:
    low, high = (
        known.boxes[:, :2] - known.margins[:, None],
        known.boxes[:, 2:] + known.margins[:, None],
    )
    return bool(((low <= box[:2] + slack) & (high >= box[2:] - slack)).all(axis=1).any())


BOX = np.array([100, 50, 140, 170], np.float32)


@settings(max_examples=60)
@given(
    moves=st.lists(st.tuples(*[st.floats(-6, 6)] * 4), min_size=1, max_size=12),
    rate=st.sampled_from([1.0, 3.0, 10.0, 120.0]),
    kind=st.sampled_from([Kind.PERSON, Kind.HEAD, Kind.FACE, Kind.OBJECT]),
)
def test_no_smoothing_cuts_what_was_seen(moves: list, rate: float, kind: Kind) -> None:
    boxes = [BOX + np.float32(move) for move in moves]
    looks = {k / rate: Detections.of([box], [0.9], kind) for k, box in enumerate(boxes)}
    paths = followed(looks)
    for time, box in zip(looks, boxes, strict=True):
        known = paths.at(time)
        assert known.kinds.tolist() == [kind]
        assert known.seen.tolist() == [True]
        assert holds(known, box)


def test_a_straight_path_is_straight_and_smooth_between_looks() -> None:
    looks = {k / 8: Detections.of([BOX + k * np.float32([5, 1, 5, 1])]) for k in range(17)}
    paths = followed(looks)
    for time in np.linspace(0.5, 1.5, 101):
        expected = BOX + 8 * time * np.float32([5, 1, 5, 1])
        np.testing.assert_allclose(paths.at(time).boxes[0], expected, atol=0.5)


def test_a_trembling_detector_makes_no_trembling_cover() -> None:
    """The edges move less than half as far as those of the boxes seen, frame for frame."""
    rng = np.random.default_rng(5)
    boxes = [BOX + rng.normal(0, 2, 4).astype(np.float32) for _ in range(60)]
    paths = followed({k / 8: Detections.of([box]) for k, box in enumerate(boxes)})
    shown = np.array([paths.at(time).boxes[0] for time in np.arange(1, 6, 0.04)])
    steps = np.abs(np.diff(shown, axis=0)).mean()
    seen = np.abs(np.diff(boxes, axis=0)).mean() / (0.125 / 0.04)
    assert steps < 0.7 * seen


def test_margins_are_those_of_the_time_from_which_nothing_is_known() -> None:
    settings_of = TrackingSettings(evidence=0, hold=1.0)
    paths = followed({k / 8: Detections.of([BOX]) for k in range(9)}, settings_of)
    margins = [float(paths.at(1 + after).margins[0]) for after in (0, 0.2, 0.5, 0.9)]
    assert margins[0] < 3
    assert margins == sorted(margins)
    assert margins[-1] > 10
    assert len(paths.at(2.01)) == 0


@pytest.mark.parametrize("interval", [0.1, 0.4, 2.0])
def test_nobody_is_bare_between_two_looks_however_far_apart(interval: float) -> None:
    """Not in the last one before they were seen, nor in the first one after."""
    nobody, somebody = Detections.none(), Detections.of([BOX], [0.9])
    looks = [nobody, somebody, somebody, nobody, nobody]
    settings_of = TrackingSettings(evidence=0, lead=0, hold=0, bridge=9)
    paths = followed({k * interval: found for k, found in enumerate(looks)}, settings_of)
    inside = np.linspace(0.05, 2.95, 30) * interval
    assert all(len(paths.at(time)) == 1 for time in inside)
    assert len(paths.at(3 * interval)) == 0
    assert len(paths.at(0)) == 0


def test_a_cut_is_crossed_for_two_frames_only() -> None:
    settings_of = TrackingSettings(evidence=0)
    tracker, paths = Tracker(settings_of), Paths(settings_of)
    for step in range(10):
        if step == 5:
            tracker.forget()
            paths.cut(step / 25)
        found = Detections.of([BOX]) if step < 5 else Detections.none()
        tracker.update(found, 1 / 25 if step else 0)
        paths.add(step / 25, tracker.bodies, tracker.seen, tracker.boxes)
    assert [len(paths.at(step / 25)) for step in range(10)] == [1] * 7 + [0] * 3


def test_what_is_doubted_is_left_out_and_what_is_sure_stays() -> None:
    other = BOX + np.float32(300)
    looks = {k / 8: Detections.of([BOX, other], [0.9, 0.21]) for k in range(12)}
    assert {len(followed(looks).at(time)) for time in looks} == {2}
    sure = followed(looks, TrackingSettings(evidence=2.0))
    assert {len(sure.at(time)) for time in looks} == {1}


def test_without_a_look_nobody_is_anywhere() -> None:
    assert len(Paths(TrackingSettings()).at(3.0)) == 0


def test_memory_is_that_of_the_looks_that_matter() -> None:
    tracker, paths = Tracker(), Paths(TrackingSettings())
    for step in range(1000):
        tracker.update(Detections.of([BOX]), 0.1)
        paths.add(step / 10, tracker.bodies, tracker.seen, tracker.boxes)
        paths.forget_before(step / 10 - 1)
        assert len(paths._looks) <= 13
