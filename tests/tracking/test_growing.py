import numpy as np
import pytest

from passerby.tracking.appearance import PersonFeatures
from passerby.tracking.growing import Growing, Look

RED, BLUE = np.eye(2, dtype=np.float32)


def look(frame: int) -> Look:
    return Look(frame, frame / 10, np.array([frame, 0, frame + 10, 20], np.float32), 0.9)


def followed(*clothes: PersonFeatures | None) -> list[list[int]]:
    """The frames of the tracklets that a track falls into."""
    pieces = [Growing()]
    for frame, one in enumerate(clothes):
        other = pieces[-1].add(look(frame), one)
        if other is not None:
            pieces.append(other)
    return [piece.tracklet().frames.tolist() for piece in pieces]


def test_a_track_that_goes_over_to_somebody_else_is_cut_where_it_does() -> None:
    assert followed(RED, RED, BLUE, BLUE, BLUE, BLUE) == [[0, 1], [2, 3, 4, 5]]


def test_who_is_hidden_meanwhile_stays_with_those_before() -> None:
    assert followed(RED, None, None, BLUE, None, BLUE, BLUE) == [[0, 1, 2], [3, 4, 5, 6]]


@pytest.mark.parametrize(
    "clothes", [(RED, BLUE, BLUE, RED, BLUE, BLUE), (None,) * 6, (RED, None) * 3, (RED,) * 6]
)
def test_a_few_strange_looks_are_a_mistake(clothes: tuple[PersonFeatures | None, ...]) -> None:
    assert followed(*clothes) == [[0, 1, 2, 3, 4, 5]]


def test_light_that_changes_slowly_is_followed() -> None:
    angles = np.linspace(0, np.pi / 2, 60)
    assert len(followed(*(np.cos(a) * RED + np.sin(a) * BLUE for a in angles))) == 1


def test_clothes_are_summed_up_on_either_side_of_a_cut() -> None:
    first = Growing()
    for frame in range(3):
        first.add(look(frame), RED)
    others = [first.add(look(frame), BLUE) for frame in range(3, 6)]
    assert others[:2] == [None, None]
    assert others[2] is not None
    np.testing.assert_allclose(first.tracklet().features, 3 * RED)
    np.testing.assert_allclose(others[2].tracklet().features, 3 * BLUE)
    assert others[2].tracklet().boxes[:, 0].tolist() == [3, 4, 5]


def test_strange_looks_that_were_a_mistake_leave_no_colours() -> None:
    growing = Growing()
    for frame, one in enumerate((RED, BLUE, RED)):
        growing.add(look(frame), one)
    np.testing.assert_allclose(growing.tracklet().features, 2 * RED)


def test_looks_after_a_strange_one_are_not_certain_and_old_ones_are_not_waited_with() -> None:
    growing = Growing()
    for frame in range(10):
        growing.add(look(frame), RED)
    assert growing.certain == growing.settled == 10
    growing.add(look(10), BLUE)
    for frame in range(11, 66):
        growing.add(look(frame), None)
        assert growing.certain == 10
    assert growing.settled == 15  # 5 seconds before the last look
    growing.add(look(66), RED)
    assert growing.certain == 67


def along(*lefts: float) -> Growing:
    """A track with looks ten times a second, of which nothing is known but where they are."""
    growing = Growing()
    for frame, left in enumerate(lefts):
        box = np.array([left, 0, left + 10, 20], np.float32)
        growing.add(Look(frame, frame / 10, box, 0.9), None)
    return growing


def test_looks_that_a_straight_line_tells_are_forgotten_first() -> None:
    rng = np.random.default_rng(4)
    lefts = np.concatenate([np.full(200, 5.0), rng.uniform(0, 300, 200), np.full(150, 9.0)])
    growing = along(*lefts)
    growing.thin()
    kept = growing.tracklet()
    assert len(kept) == 550 - 110  # half of every other one in between
    back = np.interp(np.arange(550), kept.frames, kept.boxes[:, 0])
    assert np.abs(back - lefts).max() < 1e-3  # nothing was lost
    for _ in range(2):
        growing.thin()
    frames = growing.tracklet().frames
    assert set(range(11)) <= set(frames.tolist())  # the first second
    assert set(range(449, 550)) <= set(frames.tolist())  # the last ten
    still = np.count_nonzero((frames < 200) | (frames >= 400))
    assert still < 0.6 * 350
    assert len(frames) - still > 0.7 * 200


def test_the_looks_that_go_are_those_of_a_loop_over_all() -> None:
    rng = np.random.default_rng(5)
    growing = along(*rng.uniform(0, 300, 300))
    boxes = growing.tracklet().boxes
    places = range(11, 199, 2)  # after the first second, before the last ten
    off = {
        n: max(abs(boxes[n][k] - (boxes[n - 1][k] + boxes[n + 1][k]) / 2) for k in range(4))
        for n in places
    }
    gone = sorted(places, key=lambda n: off[n])[: (len(places) + 1) // 2]
    growing.thin()
    assert growing.tracklet().frames.tolist() == sorted(set(range(300)) - set(gone))


def test_a_track_of_which_all_is_recent_stays() -> None:
    for count in (1, 2, 100):
        growing = along(*np.zeros(count))
        growing.thin()
        assert len(growing.looks) == count


def test_a_doubt_survives_what_is_forgotten() -> None:
    """The looks with other clothes are found again at their new places."""
    growing = Growing()
    for frame in range(300):
        growing.add(look(frame), RED)
    growing.add(look(300), BLUE)
    for frame in range(301, 600):
        growing.add(look(frame), None)
    growing.thin()
    assert growing.looks[growing.certain].frame == 300
    assert growing.add(look(600), BLUE) is None
    other = growing.add(look(601), BLUE)
    assert other is not None
    assert other.looks[0].frame == 300
    assert growing.looks[-1].frame < 300
