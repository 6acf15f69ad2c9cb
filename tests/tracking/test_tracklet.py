import numpy as np
import pytest

from passerby.tracking.tracklet import Tracklet


def tracklet(times: list[float], lefts: list[float], clothes: float = 0) -> Tracklet:
    boxes = np.array([[left, 0, left + 40, 100] for left in lefts], np.float32)
    frames = np.round(np.array(times) * 10).astype(np.int64)
    scores = np.ones(len(times), np.float32)
    return Tracklet(frames, np.array(times), boxes, scores, np.full(2, clothes, np.float32))


def test_the_ends_of_a_straight_way() -> None:
    times = [0.0, 0.1, 0.2, 0.3, 0.4]
    piece = tracklet(times, [100 + 50 * time for time in times])
    begin, end = piece.end(last=False), piece.end(last=True)
    assert (begin.time, end.time, begin.height) == (0, 0.4, 100)
    assert begin.place == pytest.approx([120, 50])
    assert end.place == pytest.approx([140, 50])
    assert begin.velocity == pytest.approx([50, 0])
    assert end.velocity == pytest.approx([50, 0])


def test_only_what_is_near_an_end_says_how_it_went_there() -> None:
    times = [step / 10 for step in range(21)]
    piece = tracklet(times, [100 - 80 * min(time, 1) for time in times])  # stops after a second
    assert piece.end(last=False).velocity == pytest.approx([-80, 0])
    assert piece.end(last=True).velocity == pytest.approx([0, 0], abs=1e-6)


@pytest.mark.parametrize("times", [[0.0], [0.0, 0.1], [0.0, 0.19]])
def test_a_moment_has_no_velocity(times: list[float]) -> None:
    end = tracklet(times, [100 + 500 * time for time in times]).end(last=True)
    assert end.velocity.tolist() == [0, 0]


def test_two_pieces_are_one() -> None:
    whole = tracklet([0.0, 0.1], [0, 1], clothes=1).then(tracklet([0.5], [9], clothes=2))
    assert whole.frames.tolist() == [0, 1, 5]
    assert whole.boxes[:, 0].tolist() == [0, 1, 9]
    assert whole.features[0] == 3
    assert (len(whole), whole.lived) == (3, 0.5)
