"""People followed through scenes made by hand, to count them."""

import numpy as np
import pytest

from passerby.detections import Detections, Kind
from passerby.tracking.analysis import LONGEST_FILL, Analysis, filled
from passerby.tracking.tracklet import Tracklet

RATE = 10
Box = tuple[float, float, float, float]


def standing(left: float) -> Box:
    return left, 20.0, left + 30, 120.0


def tracks_of(
    looks: dict[int, list[Box]], score: float = 0.9, heads: dict[int, list[Box]] | None = None
) -> list[Tracklet]:
    """What comes of boxes by number of the frame, ten frames a second."""
    analysis = Analysis(1 / RATE)
    for frame, boxes in sorted(looks.items()):
        people = Detections.of(np.reshape(boxes, (-1, 4)), scores=np.full(len(boxes), score))
        tops = (heads or {}).get(frame, [])
        found = Detections.of(np.reshape(tops, (-1, 4)), kinds=Kind.HEAD)
        analysis.add(frame, frame / RATE, Detections.joined(people, found))
    return analysis.tracks()


def frames(track: Tracklet) -> list[int]:
    return [int(frame) for frame in track.frames]


def test_everybody_is_one_in_the_order_of_appearance() -> None:
    looks = {frame: [standing(10 + 2 * frame)] for frame in range(20)}
    for frame in range(8, 20):
        looks[frame].append(standing(200))
    first, second = tracks_of(looks)
    assert frames(first) == list(range(20))
    assert frames(second) == list(range(8, 20))
    np.testing.assert_array_equal(first.boxes, [looks[frame][0] for frame in range(20)])


def test_a_flicker_is_nobody() -> None:
    looks = {frame: [standing(10)] for frame in range(20)}
    for frame in (5, 6, 7):  # 0.2 seconds
        looks[frame].append(standing(300))
    assert len(tracks_of(looks)) == 1


def test_who_is_hidden_for_a_while_is_one() -> None:
    gone = range(20, 40)
    looks = {f: [] if f in gone else [standing(10 + 5 * f)] for f in range(60)}
    (one,) = tracks_of(looks)
    assert frames(one) == [frame for frame in range(60) if frame not in gone]


def test_who_comes_back_after_long_is_somebody_new() -> None:
    looks = {frame: [standing(10)] if not 20 <= frame < 120 else [] for frame in range(140)}
    assert len(tracks_of(looks)) == 2


def test_doubtful_boxes_are_nobody_unless_a_head_vouches_for_them() -> None:
    looks = {frame: [standing(10)] for frame in range(20)}
    assert tracks_of(looks, score=0.6) == []
    head = {frame: [(17.0, 22.0, 33.0, 38.0)] for frame in range(20)}
    assert len(tracks_of(looks, score=0.6, heads=head)) == 1
    assert tracks_of(looks, score=0.3, heads=head) == []


@pytest.mark.parametrize("gap", [1.9, 2.1])
def test_gaps_are_filled_with_straight_lines_unless_they_are_long(gap: float) -> None:
    last = round(gap * RATE)
    track = Tracklet(
        np.array([0, last]),
        np.array([0, gap]),
        np.array([standing(10), standing(10 + last)], np.float32),
        np.array([0.5, 1], np.float32),
        np.zeros(1, np.float32),
    )
    places = filled([track])
    every = list(range(last + 1)) if gap <= LONGEST_FILL else [0, last]
    assert list(places) == every
    for frame, found in places.items():
        np.testing.assert_allclose(found.boxes, [standing(10 + frame)], atol=1e-3)
        assert found.tracks.tolist() == [1]
        assert found.seen.tolist() == [frame in (0, last)]
        assert found.scores[0] == pytest.approx(0.5 + 0.5 * frame / last)


def test_nobody_leaves_nothing() -> None:
    assert tracks_of({}) == []
    assert filled([]) == {}


def test_a_stream_hands_out_the_same_people_as_a_clip() -> None:
    looks = {frame: [standing(10)] for frame in range(20)}
    looks |= {frame: [standing(200 + frame)] for frame in range(60, 100)}
    looks |= {frame: [standing(400)] for frame in range(190, 260)}
    for frame in range(130, 150):
        looks[frame] = [standing(10)]
    whole = tracks_of(looks)
    stream = Analysis(1 / RATE)
    handed = []
    for frame in range(400):
        boxes = np.reshape(looks.get(frame, []), (-1, 4))
        stream.add(frame, frame / RATE, Detections.of(boxes, scores=np.full(len(boxes), 0.9)))
        if frame % 10 == 0:
            handed += stream.close()
    assert [frames(one) for one in handed] == [frames(one) for one in whole]
    assert len(whole) == 4
    assert stream.tracks() == []
    assert stream.undecided_since == 39.9


def test_who_may_still_come_back_is_not_handed_out() -> None:
    stream = Analysis(1 / RATE)
    for frame in range(100):
        boxes = [standing(10)] if frame < 20 else []
        stream.add(frame, frame / RATE, Detections.of(np.reshape(boxes, (-1, 4))))
        assert stream.close() == []
    assert stream.undecided_since == 9.9  # it is known whose all looks are
    assert len(stream.tracks()) == 1


def test_short_tracks_have_numbers_at_once() -> None:
    stream = Analysis(1 / RATE)
    numbers = [
        stream.add(n, n / RATE, Detections.of([standing(10), standing(300)])).tracks.tolist()
        for n in range(5)
    ]
    assert len({tuple(one) for one in numbers}) == 1
    assert len(set(numbers[0])) == 2
    assert Analysis(1 / RATE).close() == []


def sitting(most_looks: int | None, people: int = 3, seconds: int = 150) -> tuple[list[int], int]:
    """Looks remembered after each ten seconds, five a second at each; and tracks in the end."""
    analysis = Analysis(0.2, most_looks=most_looks)
    remembered = []
    for number in range(seconds * 5):
        boxes = [standing(10 + 100 * one) for one in range(people)]
        analysis.add(2 * number, number / 5, Detections.of(np.array(boxes)))
        if number % 5 == 0:
            assert analysis.close() == []
        if number % 50 == 0:
            remembered.append(sum(len(one.looks) for one in analysis.parts()))
    tracks = analysis.tracks()
    assert [one.times[[0, -1]].tolist() for one in tracks] == [[0, seconds - 0.2]] * people
    return remembered, len(tracks)


def test_of_who_sits_for_hours_a_bounded_number_of_looks_is_remembered() -> None:
    bounded, tracks = sitting(400)
    assert tracks == 3
    assert max(bounded) <= 400 + 3 * 5  # and those of a second
    whole, _ = sitting(None)
    assert whole[-1] == 3 * (5 * 140 + 1)  # what grows without a bound


def test_ends_are_remembered_whole_even_if_they_are_too_many() -> None:
    bounded, _ = sitting(10, people=2, seconds=60)
    assert max(bounded) <= 2 * (6 + 51 + 5 + 8)


def test_looks_that_come_further_apart_than_was_said_bridge_as_much() -> None:
    """A camera claims 25 frames a second, has ten, and its pictures come a little late."""
    analysis = Analysis(0.12)
    nobody = Detections.none()
    numbers = set()
    for look, time in enumerate(np.arange(20) * 0.31):
        seen = nobody if look == 15 else Detections.of(np.array([standing(10)], np.float32))
        found = analysis.add(look, time, seen)
        numbers |= set(found.tracks.tolist()) if look > 2 else set()
    assert analysis.interval == pytest.approx(0.31)
    assert len(numbers) == 1, "a look that missed them does not end the track"
    (one,) = analysis.tracks()
    assert len(one) >= 18, "the second look came too late for what was said"


def test_one_long_gap_says_nothing_of_how_far_apart_looks_come() -> None:
    analysis = Analysis(0.2)
    for look, time in enumerate([0, 0.2, 0.4, 60, 60.1, 60.2]):
        analysis.add(look, time, Detections.none())
    assert analysis.interval == 0.2
