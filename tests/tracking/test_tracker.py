"""Who is who: matching against all permutations, and people who cross, hide and come back."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.detections import Detections, Kind
from passerby.tracking import ANALYSIS, COVERING, Tracker, TrackingSettings

PERSON, HEAD, FACE = Kind.PERSON, Kind.HEAD, Kind.FACE
BUFFER = 0.15
STEP = 0.1


def person(x: float, y: float = 100, width: float = 40, height: float = 120) -> list[float]:
    """A person whose middle is at x."""
    return [x - width / 2, y, x + width / 2, y + height]


def numbers(tracker: Tracker, boxes: list[list[float]], seconds: float = STEP) -> list[int]:
    return tracker.update(Detections.of(boxes), seconds).tracks.tolist()


def overlap_of(first: list[float], second: list[float]) -> float:
    """Intersection over union of two boxes that grew by the buffer, by hand."""
    (l1, t1, r1, b1), (l2, t2, r2, b2) = (
        (
            left - BUFFER * (right - left),
            top - BUFFER * (bottom - top),
            right + BUFFER * (right - left),
            bottom + BUFFER * (bottom - top),
        )
        for left, top, right, bottom in (first, second)
    )
    shared = max(0, min(r1, r2) - max(l1, l2)) * max(0, min(b1, b2) - max(t1, t2))
    union = (r1 - l1) * (b1 - t1) + (r2 - l2) * (b2 - t2) - shared
    return shared / union


def best_total(old: list[list[float]], new: list[list[float]], least: float) -> float:
    """The most that the overlaps of an assignment can add up to, pairs below ``least`` apart."""
    few, many = sorted((old, new), key=len)
    worth = [[o if (o := overlap_of(a, b)) >= least else 0 for b in many] for a in few]
    return max(
        sum(worth[row][column] for row, column in enumerate(columns))
        for columns in permutations(range(len(many)), len(few))
    )


# --- Matching ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_the_match_is_the_best_of_all_permutations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 6, 2)
    old, new = ([person(x) for x in rng.uniform(0, 150, size).round()] for size in sizes)
    tracker, settings = Tracker(), TrackingSettings()
    first = numbers(tracker, old)
    second = numbers(tracker, new, seconds=0)
    pairs = [(old[first.index(number)], box) for number, box in zip(second, new, strict=True)
             if number in first]  # fmt: skip
    total = sum(overlap_of(*pair) for pair in pairs)
    assert all(overlap_of(*pair) >= settings.overlap - 1e-6 for pair in pairs)
    assert total == pytest.approx(best_total(old, new, settings.overlap), abs=1e-5)


def test_pairs_that_cannot_be_do_not_crowd_out_one_that_can() -> None:
    settings = TrackingSettings(overlap=0.5)
    old, new = [person(100), person(133)], [person(115), person(82)]
    overlaps = [[overlap_of(first, second) for second in new] for first in old]
    assert overlaps == pytest.approx(np.array([[0.55, 0.49], [0.49, 0.01]]), abs=0.01)
    tracker = Tracker(settings)
    numbers(tracker, old)
    assert numbers(tracker, new, seconds=0) == [1, 3]


def test_a_confident_box_goes_before_a_doubtful_one_that_fits_better() -> None:
    tracker = Tracker()
    numbers(tracker, [person(100)])
    found = Detections.of([person(100), person(106)], scores=[0.15, 0.9])
    assert tracker.update(found, STEP).tracks.tolist() == [-1, 1]


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.integers(0, 8),
                st.sampled_from([0.05, 0.1, 0.2, 0.25, 0.9]),
                st.sampled_from([PERSON, HEAD, FACE]),
            ),
            max_size=5,
        ),
        max_size=8,
    )
)
def test_a_frame_has_each_part_of_a_body_once_at_most(
    frames: list[list[tuple[int, float, Kind]]],
) -> None:
    tracker, twin = Tracker(), Tracker()
    highest = 0
    for frame in frames:
        found = Detections.of(
            [person(20 * place) for place, _, _ in frame],
            scores=[score for _, score, _ in frame],
            kinds=[kind for _, _, kind in frame],
        )
        linked = tracker.update(found, STEP)
        assert linked.tracks.tolist() == twin.update(found, STEP).tracks.tolist()
        np.testing.assert_array_equal(linked.boxes, found.boxes)
        pairs = zip(linked.tracks.tolist(), linked.kinds.tolist(), strict=True)
        given_out = [(number, kind) for number, kind in pairs if number >= 0]
        assert len(set(given_out)) == len(given_out)
        new = sorted({number for number, _ in given_out if number > highest})
        assert new == list(range(highest + 1, highest + 1 + len(new)))
        highest = max([highest, *new])


@pytest.mark.parametrize(
    ("kind", "same"), [(PERSON, False), (HEAD, True), (FACE, True), (Kind.OBJECT, True)]
)
def test_heads_and_faces_may_move_further_in_their_own_widths(kind: Kind, same: bool) -> None:
    # 12 wide and moved by 9: grown by 0.15 it overlaps itself by 0.26, by 0.5 to each side 0.45.
    tracker = Tracker()
    first = tracker.update(Detections.of([[100, 50, 112, 66]], kinds=kind), STEP)
    second = tracker.update(Detections.of([[109, 50, 121, 66]], kinds=kind), STEP)
    assert (first.tracks.tolist() == second.tracks.tolist()) == same


# --- Scores --------------------------------------------------------------------------------


def test_a_doubtful_box_continues_a_track_and_starts_none() -> None:
    tracker = Tracker()
    doubtful = Detections.of([person(100)], scores=[0.15])
    assert tracker.update(doubtful, STEP).tracks.tolist() == [-1]
    sure = Detections.of([person(100)], scores=[0.25])
    assert tracker.update(sure, STEP).tracks.tolist() == [1]
    assert tracker.update(doubtful, STEP).tracks.tolist() == [1]


def test_a_box_below_all_thresholds_is_nobodys() -> None:
    tracker = Tracker()
    numbers(tracker, [person(100)])
    found = Detections.of([person(100)], scores=[0.09])
    assert tracker.update(found, STEP).tracks.tolist() == [-1]


def test_a_face_starts_a_track_whatever_the_threshold_for_people() -> None:
    tracker = Tracker(TrackingSettings(start_score=0.9, keep_score=0.8))
    found = Detections.of([person(100)] * 3, scores=[0.5] * 3, kinds=[PERSON, HEAD, FACE])
    assert tracker.update(found, STEP).tracks.tolist() == [-1, -1, 1]


# --- People who move, cross and hide -------------------------------------------------------


def test_two_who_cross_keep_their_numbers() -> None:
    tracker = Tracker()
    for step in range(60):
        left, right = person(100 + 5 * step), person(400 - 5 * step, y=112)
        both = [left, right] if step % 2 else [right, left]
        expected = [1, 2] if step % 2 else [2, 1]
        if step == 0:  # numbers are given in the order of the boxes
            both, expected = [left, right], [1, 2]
        assert numbers(tracker, both) == expected, step


@pytest.mark.parametrize(("hidden", "number"), [(1, 1), (19, 1), (20, 2), (60, 2)])
def test_who_hides_for_longer_than_the_bridge_is_somebody_new(hidden: int, number: int) -> None:
    tracker = Tracker(TrackingSettings(bridge=2.05))
    for step in range(20):
        numbers(tracker, [person(100 + 3 * step)])
    for _ in range(hidden):
        assert numbers(tracker, []) == []
    step = 20 + hidden
    assert numbers(tracker, [person(100 + 3 * step)]) == [number]


def test_nobody_inherits_a_number_over_a_pause_in_which_nobody_looked() -> None:
    tracker = Tracker()
    numbers(tracker, [person(100)])
    assert numbers(tracker, [person(104)], seconds=60) == [2]


def test_a_person_and_the_face_in_the_same_place_are_two_tracks() -> None:
    tracker = Tracker()
    for _ in range(3):
        found = Detections.of([person(100), person(100)], kinds=[PERSON, FACE])
        assert tracker.update(found, STEP).tracks.tolist() == [1, 2]
    face = Detections.of([person(100)], kinds=[FACE])
    assert tracker.update(face, STEP).tracks.tolist() == [2]


def test_masks_and_scores_are_passed_on() -> None:
    mask = np.ones((4, 4), np.bool_)
    found = Detections.of([person(100), person(300)], scores=[0.5, 0.7], masks=(None, mask))
    linked = Tracker().update(found, STEP)
    assert linked.masks == (None, mask)
    assert linked.scores.tolist() == pytest.approx([0.5, 0.7])


def test_nothing_yields_nothing_and_grows_nothing() -> None:
    tracker = Tracker()
    for _ in range(3):
        assert len(tracker.update(Detections.none(), STEP)) == 0
    assert numbers(tracker, [person(100)]) == [1]


def test_tracks_that_ended_take_no_memory() -> None:
    tracker = Tracker(TrackingSettings(bridge=0.5))
    for step in range(500):  # somebody new each time, far from everybody before
        numbers(tracker, [person(1000 * step)])
    assert len(tracker.bodies) <= 6


# --- Two settings ---------------------------------------------------------------------------


def test_the_settings_to_cover_are_the_default_and_others_count_people() -> None:
    assert TrackingSettings() == COVERING
    assert ANALYSIS.start_score > COVERING.start_score
    assert ANALYSIS.bridge < COVERING.bridge


@pytest.mark.parametrize(("level", "same"), [(0.0, True), (2.0, False)])
def test_who_stands_on_another_level_is_somebody_else(level: float, same: bool) -> None:
    tracker = Tracker(TrackingSettings(level=level))
    numbers(tracker, [person(100, y=100)])
    # Grown, they overlap by 0.55; their heights by half, of which the square is left.
    assert (numbers(tracker, [person(100, y=140)], seconds=0) == [1]) == same


@pytest.mark.parametrize(("apart", "expected"), [(1.0, [1, 2]), (0.5, [1, -1])])
def test_a_second_box_around_one_person_starts_no_track(apart: float, expected: list[int]) -> None:
    tracker = Tracker(TrackingSettings(apart=apart))
    numbers(tracker, [person(100)])
    assert numbers(tracker, [person(100), person(110)], seconds=0) == expected


def test_the_less_noise_the_more_a_box_is_believed() -> None:
    sure, unsure = (Tracker(TrackingSettings(noise=noise)) for noise in (0.01, 0.5))
    for tracker in (sure, unsure):
        numbers(tracker, [person(100)])
        numbers(tracker, [person(110)])
    middles = [one.bodies.states.position[0, PERSON, 0] for one in (sure, unsure)]
    assert 100 < middles[1] < middles[0] < 110
    assert middles[0] == pytest.approx(110, abs=0.5)


# --- Bodies and their parts ------------------------------------------------------------------


def head(x: float, y: float = 102, size: float = 18) -> list[float]:
    """The head of the person whose middle is at x."""
    return [x - size / 2, y, x + size / 2, y + size]


def look(*parts: tuple[list[float], Kind, float]) -> Detections:
    boxes, kinds, scores = zip(*parts, strict=True)
    return Detections.of(boxes, scores, kinds)


def test_a_person_their_head_and_their_face_have_one_number() -> None:
    found = look(
        (person(100), PERSON, 0.9),
        (head(100), HEAD, 0.6),
        (head(100, y=106, size=10), FACE, 0.8),
        (person(300), PERSON, 0.9),
        (head(302), HEAD, 0.6),
    )
    assert Tracker().update(found, STEP).tracks.tolist() == [1, 1, 1, 2, 2]


def test_a_head_or_face_that_comes_later_joins_its_person() -> None:
    tracker = Tracker()
    assert numbers(tracker, [person(100)]) == [1]
    found = look((person(102), PERSON, 0.9), (head(102), HEAD, 0.15))
    assert tracker.update(found, STEP).tracks.tolist() == [1, 1]
    face = look((person(104), PERSON, 0.9), (head(104, size=10), FACE, 0.6))
    assert tracker.update(face, STEP).tracks.tolist() == [1, 1]


def test_a_person_who_comes_later_joins_their_head() -> None:
    tracker = Tracker()
    assert tracker.update(look((head(100), HEAD, 0.5)), STEP).tracks.tolist() == [1]
    found = look((head(100), HEAD, 0.5), (person(100), PERSON, 0.12))
    assert tracker.update(found, STEP).tracks.tolist() == [1, 1]


def test_two_people_side_by_side_keep_their_own_heads() -> None:
    tracker = Tracker()
    for step in range(30):
        x = 100 + 3 * step
        found = look(
            (person(x), PERSON, 0.9),
            (person(x + 24), PERSON, 0.8),
            (head(x + 25), HEAD, 0.6),
            (head(x + 1), HEAD, 0.5),
        )
        assert tracker.update(found, STEP).tracks.tolist() == [2, 1, 1, 2]


def test_a_second_box_around_a_person_whose_head_is_known_starts_no_track() -> None:
    """The upper half of a body, found as a person of its own, has the same head."""
    tracker = Tracker()
    whole, half = person(100), [80.0, 100.0, 120.0, 150.0]
    found = look((whole, PERSON, 0.9), (head(100), HEAD, 0.6), (half, PERSON, 0.4))
    for _ in range(3):
        assert tracker.update(found, STEP).tracks.tolist() == [1, 1, -1]


def test_a_body_that_is_not_seen_where_another_one_is_was_the_same() -> None:
    tracker = Tracker(TrackingSettings(double=0.3))
    assert numbers(tracker, [person(100), person(126)]) == [1, 2]
    assert len(tracker.bodies) == 2
    assert numbers(tracker, [person(113)]) in ([1], [2])
    assert len(tracker.bodies) == 1
    assert Tracker(ANALYSIS).settings.double == 0


def test_a_person_goes_with_their_head_and_not_with_whom_their_box_overlaps_more() -> None:
    tracker = Tracker()
    people = [(person(x), PERSON, 0.9) for x in (100, 140)]
    tracker.update(look(*people, (head(100), HEAD, 0.6), (head(140), HEAD, 0.6)), STEP)
    # One walks in front of the other: 104 to 148 pixels is nearer to who was at 120 to 160.
    found = look(
        (person(126, width=44), PERSON, 0.9), (head(112), HEAD, 0.6), (head(148), HEAD, 0.6)
    )
    assert tracker.update(found, STEP).tracks.tolist() == [1, 1, 2]


def test_the_size_of_a_head_that_only_its_person_tells_does_not_change() -> None:
    """It grew while it was seen; nobody knows whether it goes on."""
    tracker = Tracker()
    for step in range(6):
        found = look((person(100), PERSON, 0.9), (head(100, size=20 + 3 * step), HEAD, 0.6))
        tracker.update(found, STEP)
    sizes = []
    for _ in range(12):
        tracker.update(look((person(100), PERSON, 0.9)), STEP)
        sizes.append(float(tracker.bodies.states[0, HEAD].position[3]))
    assert np.ptp(sizes) < 1e-3
    assert 30 < sizes[0] < 45


def test_a_head_that_leaves_its_person_is_somebody_else() -> None:
    tracker = Tracker()
    for step in range(12):
        found = look((person(100), PERSON, 0.9), (head(100 + 4 * step), HEAD, 0.6))
        told = tracker.update(found, STEP).tracks.tolist()
    assert told[0] != told[1]
    assert min(told) > 0


@pytest.mark.parametrize(
    ("scores", "looks", "expected"), [(0.3, 9, 0), (0.5, 1, 0.85), (0.5, 3, 2.54), (0.1, 9, 0)]
)
def test_evidence_is_the_sum_of_log_odds_beyond_the_chance(
    scores: float, looks: int, expected: float
) -> None:
    tracker = Tracker(
        TrackingSettings(start_score=0.05, keep_score=0.05, chance=0.3, lone_chance=0.3)
    )
    for _ in range(looks):
        tracker.update(Detections.of([person(100)], [scores]), STEP)
    assert tracker.bodies.best_odds == pytest.approx([expected], abs=0.01)


def test_a_person_and_their_head_are_more_evidence_than_either() -> None:
    """One of the two would have to be right: 1 - (1 - .4)(1 - .5) = .7."""
    tracker = Tracker()
    tracker.update(look((person(100), PERSON, 0.4), (head(100), HEAD, 0.5)), STEP)
    assert tracker.bodies.best_odds == pytest.approx([np.log(0.7 / 0.3) - np.log(0.2 / 0.8)])


def test_faces_and_objects_have_met_their_own_threshold() -> None:
    for kind in (FACE, Kind.OBJECT):
        tracker = Tracker()
        tracker.update(look((head(100), kind, 0.5)), STEP)
        assert tracker.bodies.best_odds == [np.inf]


def test_given_numbers_are_followed_in_any_order_and_confirmed() -> None:
    tracker = Tracker()
    for step in range(3):
        boxes = [person(300 + step), person(100 + step), head(100 + step)]
        given_ones = Detections.of(boxes, [0.01] * 3, [PERSON, PERSON, HEAD], tracks=[9, 4, 4])
        tracker.follow(given_ones, STEP)
        assert tracker.bodies.numbers.tolist() == [4, 9]
        assert tracker.seen[:, PERSON].tolist() == [True, True]
        assert tracker.seen[:, HEAD].tolist() == [True, False]
        np.testing.assert_array_equal(tracker.boxes[0, HEAD], np.float32(head(100 + step)))
    np.testing.assert_allclose(tracker.bodies.states[1, PERSON].boxes, person(302), atol=1)
    assert (tracker.bodies.best_odds == np.inf).all()


@pytest.mark.parametrize("boxes", [100, 300])
def test_a_hundred_boxes_in_one_place_are_one_person(boxes: int) -> None:
    rng = np.random.default_rng(boxes)
    tracker = Tracker()
    for _ in range(3):
        crowd = person(100) + rng.normal(0, 0.5, (boxes, 4))
        told = tracker.update(Detections.of(crowd, rng.uniform(0.3, 0.9, boxes)), STEP).tracks
    assert len(tracker.bodies) <= boxes
    assert sum(told >= 0) <= boxes
