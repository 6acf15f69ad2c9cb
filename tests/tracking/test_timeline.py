"""Nobody flickers into view: frames wait, come out once and in order, and gaps are filled."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from passerby.detections import Detections, Kind
from passerby.tracking import Timeline, TrackingSettings
from passerby.tracking.timeline import Release

RATE = 25.0
SEEN_AT = 100
START = np.array([50, 60, 90, 180], np.float32)
STEP = np.array([2, 0.5, 2, 0.5], np.float32)

Answer = tuple[int, Detections]


def true_box(frame: int) -> np.ndarray:
    return START + STEP * frame


def sight(frame: int, **fields: object) -> Detections:
    return Detections.of([true_box(frame)], scores=[0.9], **fields)


def played(
    looks: Iterable[Detections | None], timeline: Timeline[int] | None = None
) -> list[Answer]:
    """Push what was seen at each look through a timeline, 25 a second."""
    timeline = timeline or Timeline(look=nobody)
    out = []
    for frame, found in enumerate(looks):
        out += timeline.push(frame, frame / RATE, found)
    return [(one.payload, one.known) for one in [*out, *timeline.flush()]]


def nobody(_frame: int) -> Detections:
    return Detections.none()


def covers(detections: Detections, box: np.ndarray, slack: float = 0.05) -> bool:
    """Whether some box with its margin holds ``box``."""
    low = detections.boxes[:, :2] - detections.margins[:, None]
    high = detections.boxes[:, 2:] + detections.margins[:, None]
    return bool(((low <= box[:2] + slack) & (high >= box[2:] - slack)).all(axis=1).any())


def covered_frames(out: list[Answer], slack: float = 0.05) -> list[int]:
    return [frame for frame, known in out if covers(known, true_box(frame), slack)]


BETWEEN = 1.5
"""Pixels by which a box may be off where nobody looked, of a person of 120: what is known of their
speed is not exact at once."""


# --- Frames --------------------------------------------------------------------------------

NOTHING, NOBODY, SOMEBODY, FAILED = range(4)


def look(frame: int, what: int) -> Detections | None:
    return {
        NOTHING: None,
        NOBODY: Detections.none(),
        SOMEBODY: sight(frame),
        FAILED: Detections.failed(f"frame {frame} is dark"),
    }[what]


@given(
    looks=st.lists(st.sampled_from((NOTHING, NOBODY, SOMEBODY, FAILED)), max_size=60),
    steps=st.lists(st.floats(1e-4, 0.5), min_size=60, max_size=60),
    lookahead=st.sampled_from((0, 0.04, 0.3, 1.0, 100.0)),
    capacity=st.integers(1, 20),
    dark=st.sets(st.integers(0, 59)),
)
def test_every_frame_comes_out_once_in_order_and_none_that_nobody_can_vouch_for(
    looks: list[int], steps: list[float], lookahead: float, capacity: int, dark: set[int]
) -> None:
    """Those in ``dark`` cannot be looked at when the timeline asks for it."""
    tried, worked = set(), set()

    def look_back(frame: int) -> Detections:
        tried.add(frame)
        if frame in dark:
            return look(frame, FAILED)
        worked.add(frame)
        return sight(frame)

    timeline: Timeline[int] = Timeline(lookahead, capacity=capacity, look=look_back)
    times = np.cumsum(steps)
    out: list[Release[int]] = []
    for frame, what in enumerate(looks):
        if what != NOTHING:
            tried.add(frame)
        if what in (NOBODY, SOMEBODY):
            worked.add(frame)
        out += timeline.push(frame, times[frame], look(frame, what))
        assert frame + 1 - len(out) <= capacity
        waiting = times[len(out) : frame]
        assert all(times[frame - 1] - time < lookahead for time in waiting)
        # Nothing left after the last look that worked, but what is covered in full.
        assert all(
            one.known.failure is not None or one.payload <= max(worked, default=-1) for one in out
        )
    out += timeline.flush()
    assert [one.payload for one in out] == list(range(len(looks)))
    for frame, known, sighted, looked in out:
        assert looked == (frame in tried)
        if looked:
            assert known.failure == (None if frame in worked else f"frame {frame} is dark")
        if looks[frame] == SOMEBODY:
            assert covers(known, true_box(frame))
        assert looked or not len(sighted)
    assert list(timeline.flush()) == []


@given(
    looks=st.lists(st.sampled_from((NOTHING, NOTHING, SOMEBODY)), min_size=1, max_size=60),
    lookahead=st.sampled_from((0, 0.04, 0.3, 1.0, 100.0)),
    capacity=st.integers(1, 20),
)
def test_without_anybody_to_look_what_no_look_encloses_is_a_failure(
    looks: list[int], lookahead: float, capacity: int
) -> None:
    timeline: Timeline[int] = Timeline(lookahead, capacity=capacity)
    out = [one for f, what in enumerate(looks) for one in timeline.push(f, f / RATE, look(f, what))]
    out += timeline.flush()
    last = max((frame for frame, what in enumerate(looks) if what == SOMEBODY), default=-1)
    assert all(one.known.failure for one in out if one.payload > last)
    assert not any(one.known.failure for one in out if looks[one.payload] == SOMEBODY)
    if lookahead == 100.0 and capacity >= len(looks):
        assert not any(one.known.failure for one in out if one.payload <= last)


def test_without_look_ahead_a_frame_comes_out_at_once_and_is_looked_at() -> None:
    asked: list[int] = []

    def look_back(frame: int) -> Detections:
        asked.append(frame)
        return sight(frame)

    timeline: Timeline[int] = Timeline(lookahead=0, look=look_back)
    for frame in range(50):
        found = sight(frame) if frame % 3 == 0 else None
        (out,) = timeline.push(frame, frame / RATE, found)
        assert out.payload == frame
        assert covers(out.known, true_box(frame))
    assert asked == [frame for frame in range(50) if frame % 3]


def test_a_frame_waits_for_the_look_ahead_and_the_next_frame_and_no_longer() -> None:
    timeline: Timeline[int] = Timeline(lookahead=1.0, look=nobody)
    for frame in range(100):
        out = [one.payload for one in timeline.push(frame, frame / 32, None)]
        assert out == ([frame - 33] if frame >= 33 else [])


def test_the_last_frame_is_looked_at() -> None:
    out = played([sight(0), None, None, None, None], Timeline(look=sight))
    assert covered_frames(out) == list(range(5))
    assert [bool(known.seen.all()) for _, known in out] == [True, False, False, False, True]


def test_what_a_late_look_finds_is_covered_before_it() -> None:
    """Somebody came after the last look; the frame before the cut shows them."""
    timeline: Timeline[int] = Timeline(look=sight)
    out = list(timeline.push(0, 0.0, Detections.none()))
    out += timeline.push(1, 0.04, None)
    out += timeline.push(2, 0.08, None)
    timeline.cut()
    out += timeline.push(3, 0.12, Detections.none())
    out += timeline.flush()
    assert [one.looked for one in out] == [True, False, True, True]
    assert covers(out[1].known, true_box(2), slack=1)
    assert covers(out[2].known, true_box(2))


def test_after_a_cut_no_track_goes_on_and_numbers_are_new() -> None:
    timeline: Timeline[int] = Timeline(look=sight)
    out = []
    for frame in range(20):
        if frame == 10:
            timeline.cut()
        found = Detections.of([START], [0.9])  # at the very same place
        out += timeline.push(frame, frame / RATE, found)
    out += timeline.flush()
    assert [one.sighted.tracks.tolist() for one in out] == [[1]] * 10 + [[2]] * 10


def test_who_is_not_seen_on_one_side_of_a_cut_is_covered_all_the_same() -> None:
    """What looks like a cut may be a flash."""
    timeline: Timeline[int] = Timeline(look=sight)
    out = []
    for frame in range(60):
        if frame in (30, 31):
            timeline.cut()
        found = Detections.none() if frame == 30 else sight(frame)
        out += timeline.push(frame, frame / RATE, found)
    out += timeline.flush()
    assert covered_frames([(one.payload, one.known) for one in out]) == list(range(60))


@pytest.mark.parametrize(("rate", "frames"), [(60, 5), (25, 2), (10, 0), (1, 0)])
def test_whom_one_scene_shows_is_not_covered_in_the_next_but_for_a_flash(
    rate: int, frames: int
) -> None:
    timeline: Timeline[int] = Timeline(look=nobody)
    out = []
    for frame in range(90):
        if frame in (30, 60):
            timeline.cut()
        found = sight(frame) if not 30 <= frame < 60 else Detections.none()
        out += timeline.push(frame, frame / rate, found)
    out += timeline.flush()
    between = [one.payload for one in out[30:60] if len(one.known)]
    assert between == [*range(30, 30 + frames), *range(60 - frames, 60)]
    assert timeline._paths._cuts in ([], [60 / rate], [30 / rate, 60 / rate])


def test_what_was_detected_comes_out_as_it_was_with_its_tracks() -> None:
    looks = [Detections.of([true_box(f)], [0.8]) if f % 3 == 0 else None for f in range(61)]
    timeline: Timeline[int] = Timeline()
    out: list[Release[int]] = []
    for frame, found in enumerate(looks):
        out += timeline.push(frame, frame / RATE, found)
    for frame, _, sighted, looked in [*out, *timeline.flush()]:
        assert looked == (frame % 3 == 0)
        assert len(sighted) == (frame % 3 == 0)
        assert set(sighted.tracks.tolist()) <= {1}
        if len(sighted):
            np.testing.assert_array_equal(sighted.boxes[0], true_box(frame))


def test_the_payload_is_passed_through_as_it_is() -> None:
    timeline: Timeline[object] = Timeline(lookahead=0)
    payload = object()
    (out,) = timeline.push(payload, 0.0, None)
    assert out.payload is payload


@pytest.mark.slow
def test_memory_does_not_grow_with_length() -> None:
    """3,000 frames with a look at every fifth: somebody who stays, somebody new each second."""
    timeline: Timeline[int] = Timeline(look=nobody)
    looks = (timeline.lookahead + 0.2) * RATE / 5 + 2
    tracks = timeline.lookahead + timeline.settings.bridge + 2
    for frame in range(3_000):
        passing = true_box(frame % 25) + 1000 * (1 + frame // 25)
        found = Detections.of([START, passing], [0.9, 0.9]) if frame % 5 == 0 else None
        for _ in timeline.push(frame, frame / RATE, found):
            pass
        assert len(timeline._waiting) <= timeline.capacity
        assert len(timeline._tracker.bodies) <= tracks
        assert len(timeline._paths._looks) <= looks


# --- What was missed -----------------------------------------------------------------------


@pytest.mark.parametrize("gap", [1, 5, 15, 25])
def test_a_gap_is_filled_from_both_sides(gap: int) -> None:
    first = 40
    looks = [
        Detections.none() if first <= frame < first + gap else sight(frame) for frame in range(110)
    ]
    out = played(looks)
    assert covered_frames(out) == list(range(110))
    for frame, known in out:
        assert known.seen.tolist() == [not first <= frame < first + gap]
        assert known.tracks.tolist() == [1]


@pytest.mark.parametrize("every", [2, 3, 6, 12])
def test_frames_between_looks_are_filled(every: int) -> None:
    looks = [sight(frame) if frame % every == 0 else None for frame in range(97)]
    out = played(looks)
    assert covered_frames(out, BETWEEN) == list(range(97))
    assert [bool(known.seen.all()) for _, known in out] == [f % every == 0 for f in range(97)]


@settings(max_examples=20)
@given(missed=st.sets(st.integers(1, 78), max_size=50), every=st.integers(1, 4))
def test_on_a_straight_line_nobody_is_uncovered_in_gaps_shorter_than_the_look_ahead(
    missed: set[int], every: int
) -> None:
    seen = [frame for frame in range(0, 80, every) if frame not in missed]
    assume(all(after - before < RATE for before, after in pairwise(seen)))
    looks: list[Detections | None] = [None] * 80
    for frame in range(0, 80, every):
        looks[frame] = sight(frame) if frame in seen else Detections.none()
    covered = set(covered_frames(played(looks), BETWEEN))
    assert covered >= set(range(seen[-1] + 1))


def test_a_track_is_covered_before_it_is_first_and_after_it_was_last_seen() -> None:
    looks = [sight(frame) if 50 <= frame < 100 else Detections.none() for frame in range(150)]
    defaults = TrackingSettings()
    lead, hold = int(defaults.lead * RATE), int(defaults.hold * RATE)
    assert covered_frames(played(looks), BETWEEN) == list(range(50 - lead, 100 + hold))


def test_a_short_look_ahead_shortens_the_lead_alone() -> None:
    looks = [sight(frame) if 50 <= frame < 100 else Detections.none() for frame in range(150)]
    covered = covered_frames(played(looks, Timeline(lookahead=0.2)), slack=6)
    assert covered == list(range(44, 107))


def test_a_failed_frame_leaves_its_neighbours_covered() -> None:
    looks = [
        Detections.failed("dark") if frame in (30, 31) else sight(frame) for frame in range(60)
    ]
    out = played(looks)
    assert [frame for frame, known in out if known.failure] == [30, 31]
    assert covered_frames(out) == [frame for frame in range(60) if frame not in (30, 31)]


def test_who_is_half_hidden_stays_one_track_and_what_is_seen_of_them_is_covered() -> None:
    """Behind a parked car for a third of a second, only the upper body is seen."""
    hidden = range(50, 59)

    def seen(frame: int) -> np.ndarray:
        return true_box(frame) - np.array([0, 0, 0, 60 * (frame in hidden)])

    out = played(Detections.of([seen(frame)], [0.9]) for frame in range(110))
    assert all(covers(known, seen(frame)) for frame, known in out)
    assert all(known.tracks.tolist() == [1] for _, known in out)


def test_who_walks_through_a_neighbour_is_covered_while_they_are_seen_as_one() -> None:
    neighbour = np.array([130, 40, 180, 190], np.float32)

    def found(frame: int) -> Detections:
        box = true_box(frame)
        if 27 <= frame < 33:
            low, high = np.minimum(box[:2], neighbour[:2]), np.maximum(box[2:], neighbour[2:])
            return Detections.of([np.concatenate([low, high])], [0.9])
        return Detections.of([box, neighbour], [0.9, 0.9])

    for frame, known in played(found(frame) for frame in range(60)):
        assert covers(known, true_box(frame)), frame
        assert covers(known, neighbour), frame
        assert set(known.tracks.tolist()) == {1, 2}


def test_a_doubtful_box_covers_as_part_of_a_track_and_not_alone() -> None:
    doubtful = [500, 0, 540, 120]
    looks = [
        Detections.of([true_box(f), doubtful], [0.9 if f < 20 else 0.15, 0.15]) for f in range(60)
    ]
    for frame, known in played(looks):
        assert len(known) == 1
        assert covers(known, true_box(frame))


def test_nobody_is_nobody() -> None:
    for _, known in played([Detections.none(), None] * 30):
        assert len(known) == 0
        assert known.failure is None


# --- Masks, motion, and tracks that are given ----------------------------------------------


def mask(value: int) -> np.ndarray:
    return np.arange(16).reshape(4, 4) == value


def test_masks_stay_with_their_tracks() -> None:
    other = np.array([400, 60, 440, 180], np.float32)
    looks: list[Detections | None] = []
    for frame in range(30):
        boxes, masks = [true_box(frame), other], (mask(frame % 16), None)
        order = 1 if frame % 2 else -1
        looks.append(Detections.of(boxes[::order], [0.9, 0.9], masks=masks[::order]))
        looks.append(None)
    for index, (_, known) in enumerate(played(looks)):
        if index % 2:
            assert known.masks == ()
            continue
        for box, one in zip(known.boxes, known.masks, strict=True):
            if np.abs(box - other).max() < 1:
                assert one is None
            else:
                np.testing.assert_array_equal(one, mask(index // 2 % 16))


def test_motion_passes_as_it_is_and_is_never_filled_in() -> None:
    def found(frame: int) -> Detections | None:
        if frame % 2:
            return None
        patch = Detections.of([[0, 0, 9, 9]], [0.01], Kind.MOTION, masks=(mask(frame % 16),))
        return Detections.joined(sight(frame), patch)

    for frame, known in played(found(frame) for frame in range(60)):
        moving = known.of_kind(Kind.MOTION)
        assert covers(known, true_box(frame))
        assert len(moving) == (frame % 2 == 0)
        if len(moving):
            assert moving.boxes.tolist() == [[0, 0, 9, 9]]
            assert moving.tracks.tolist() == [-1]
            np.testing.assert_array_equal(moving.masks[0], mask(frame % 16))


def test_given_numbers_are_kept_and_their_gaps_filled() -> None:
    """Whatever the scores, and though the boxes are too far apart to be linked by overlap."""
    far = true_box(0) + 1000

    def found(frame: int) -> Detections | None:
        if frame % 20:
            return None
        boxes = [true_box(frame), far]
        return Detections.of(boxes, [0.01, 0.01], tracks=[77, 5])

    for frame, known in played(found(frame) for frame in range(61)):
        assert sorted(known.tracks.tolist()) == [5, 77]
        assert covers(known[known.tracks == 77], true_box(frame))
        assert covers(known[known.tracks == 5], far)


def test_given_boxes_without_a_number_are_covered_as_they_are() -> None:
    lone = [500, 0, 540, 120]
    looks = [
        Detections.of([true_box(frame), lone], [0.9, 0.01], tracks=[3, -1]) for frame in range(40)
    ]
    looks += [Detections.of([lone], [0.01], tracks=[-1])]
    out = played(looks)
    assert all(covers(known, np.array(lone)) for _, known in out)
    assert all(set(known.tracks.tolist()) == {3, -1} for _, known in out)


def test_a_number_that_a_frame_gives_twice_covers_both_boxes() -> None:
    """As in what was saved of a track with two places."""
    second = true_box(0) + 300
    looks = [Detections.of([true_box(frame), second], tracks=[3, 3]) for frame in range(40)]
    for frame, known in played(looks):
        assert covers(known, true_box(frame))
        assert covers(known, second)
        assert known.tracks.tolist() == [3, 3]


def test_a_face_with_the_number_of_its_person_is_a_track_of_its_own() -> None:
    face = np.array([10, 5, 30, 30], np.float32)

    def found(frame: int) -> Detections:
        boxes, kinds = (
            [true_box(frame), true_box(frame)[[0, 1, 0, 1]] + face],
            [Kind.PERSON, Kind.FACE],
        )
        chosen = slice(frame % 2, frame % 2 + 1)  # now the one, now the other
        return Detections.of(boxes[chosen], kinds=kinds[chosen], tracks=[3])

    for frame, known in played(found(frame) for frame in range(2, 40)):
        people, faces = known.of_kind(Kind.PERSON), known.of_kind(Kind.FACE)
        assert covers(people, true_box(frame + 2), slack=1)
        assert covers(faces, true_box(frame + 2)[[0, 1, 0, 1]] + face, slack=1)


def test_two_runs_give_the_same() -> None:
    rng = np.random.default_rng(3)
    looks = [
        Detections.of(START + rng.normal(0, 60, (count, 1)), rng.uniform(0, 1, count))
        for count in rng.integers(0, 5, 60)
    ]
    for (_, first), (_, second) in zip(played(looks), played(looks), strict=True):
        np.testing.assert_array_equal(first.boxes, second.boxes)
        np.testing.assert_array_equal(first.tracks, second.tracks)


# --- Heads and faces -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.PERSON, Kind.HEAD, Kind.FACE, Kind.OBJECT])
def test_a_margin_grows_into_a_gap_and_less_if_its_end_is_known(kind: Kind) -> None:
    gap = range(40, 60)

    def found(frame: int) -> Detections:
        if frame in gap or frame >= 80:
            return Detections.none()
        return Detections.of([true_box(frame)], [0.9], kind)

    margins = [
        known.margins[0] if len(known) else None for _, known in played(map(found, range(100)))
    ]
    inside = [margins[frame] for frame in gap]
    assert max(inside) == pytest.approx(inside[9], rel=0.1)  # in the middle
    assert margins[39] < inside[0] < inside[4] < inside[9] > inside[15] > inside[19] > margins[60]
    assert all(margins[79 + after] > inside[after - 1] for after in range(1, 7))
    assert margins[79 + 8 :] == [None] * len(margins[79 + 8 :])


def test_a_head_that_a_look_misses_is_where_its_person_says() -> None:
    """They stop and turn back while their head is not found."""
    head = np.array([12, 2, 28, 22], np.float32)
    ways = np.cumsum([[2] * 30 + [-2] * 30])

    def places(frame: int) -> tuple[np.ndarray, np.ndarray]:
        person = START + ways[frame] * np.array([1, 0, 1, 0])
        return person, person[[0, 1, 0, 1]] + head

    def found(frame: int) -> Detections:
        kinds = [Kind.PERSON] if 25 <= frame < 45 else [Kind.PERSON, Kind.HEAD]
        return Detections.of(places(frame)[: len(kinds)], kinds=kinds)

    out = played(map(found, range(60)))
    for frame, known in out:
        assert known.tracks.tolist() == [1, 1]
        heads = known.of_kind(Kind.HEAD)
        assert heads.seen.tolist() == [not 25 <= frame < 45]
        assert covers(heads, places(frame)[1], slack=0.4 * 20), frame


def test_a_head_found_late_is_placed_by_its_person_from_the_start() -> None:
    head = np.array([12, 2, 28, 22], np.float32)

    def found(frame: int) -> Detections:
        person = true_box(frame)
        boxes = [person, person[[0, 1, 0, 1]] + head]
        kinds = [Kind.PERSON, Kind.HEAD]
        count = 1 + (frame >= 10)
        return Detections.of(boxes[:count], kinds=kinds[:count])

    for frame, known in played(map(found, range(40))):
        heads = known.of_kind(Kind.HEAD)
        assert covers(heads, true_box(frame)[[0, 1, 0, 1]] + head, slack=2), frame


# --- Evidence ------------------------------------------------------------------------------


def once(score: float, frame: int) -> list[Answer]:
    """What is covered if somebody is found in one look only, at frame 20 of 60."""
    lone = Detections.of([[300, 60, 340, 180]], [score])
    return played(
        Detections.joined(sight(f), lone if f == frame else Detections.none()) for f in range(60)
    )


def test_what_is_found_once_at_a_low_score_is_not_covered_and_at_a_high_one_it_is() -> None:
    assert all(len(known) == 1 for _, known in once(0.4, 20))
    assert len(dict(once(0.9, 20))[20]) == 2


def test_who_is_found_for_the_first_time_in_the_last_look_is_covered_in_doubt() -> None:
    assert len(dict(once(0.4, 59))[59]) == 2


def test_who_is_found_for_the_first_time_in_the_last_look_before_a_cut_is_covered() -> None:
    timeline: Timeline[int] = Timeline(look=nobody)
    out = list(timeline.push(0, 0.0, Detections.of([START], [0.4])))
    timeline.cut()
    for frame in range(1, 60):
        out += timeline.push(frame, frame / RATE, Detections.none())
    out += timeline.flush()
    assert covers(out[0].known, START)


def test_what_is_found_again_and_again_is_covered_from_the_start_at_any_score() -> None:
    looks = [Detections.of([START], [0.35]) for _ in range(60)]
    out = played(looks, Timeline(settings=TrackingSettings(start_score=0.2)))
    assert all(covers(known, START) for _, known in out)


def test_without_look_ahead_nobody_has_to_be_confirmed() -> None:
    out = played([Detections.of([START], [0.25])], Timeline(lookahead=0, look=nobody))
    assert covers(out[0][1], START)


# --- A part of a long video ----------------------------------------------------------------


def test_who_is_there_when_a_part_begins_counts_as_known() -> None:
    """The detector is in doubt of somebody whom it knew well before the part began."""
    faint = [Detections.of([true_box(frame)], scores=[0.12]) for frame in range(75)]
    seams = [(None, 0), (1.0, 75), (0.0, 0)]
    for opening, covered in seams:
        timeline: Timeline[int] = Timeline(look=nobody, opening=opening)
        assert len(covered_frames(played(faint, timeline))) == covered


def crowd(frame: int, generator: np.random.Generator) -> Detections:
    """Three who pass each other, and doubtful boxes around them."""
    starts = np.array([[50, 60, 90, 180], [130, 62, 170, 182], [210, 64, 250, 184]], np.float32)
    people = starts + np.array([[2], [0], [-2]], np.float32) * frame * (1, 0, 1, 0)
    shifts = generator.normal(0, 25, (6, 1, 4)).astype(np.float32)
    doubtful = (people[None] + shifts).reshape(-1, 4)
    scores = [0.9] * 3 + [0.12] * len(doubtful)
    return Detections.of(np.concatenate([people, doubtful]), scores)


def test_what_is_covered_without_a_seam_is_covered_behind_one() -> None:
    """Doubtful boxes take no place of a sure track, also where each of them counts."""
    generator = np.random.default_rng(5)
    looks = [crowd(frame, generator) for frame in range(60)]
    whole, part = played(looks), played(looks, Timeline(look=nobody, opening=1.0))
    for (frame, known), (_, behind) in zip(whole[25:], part[25:], strict=True):
        boxes = {tuple(box) for box in behind.boxes.tolist()}
        assert {tuple(box) for box in known.boxes.tolist()} <= boxes, frame
    assert any(
        len(behind) > len(known) for (_, known), (_, behind) in zip(whole, part, strict=True)
    )


def test_who_comes_later_in_a_part_has_to_be_confirmed() -> None:
    nobody_yet = [Detections.none()] * 30
    faint = [Detections.of([true_box(frame)], scores=[0.12]) for frame in range(30, 75)]
    assert covered_frames(played([*nobody_yet, *faint], Timeline(look=nobody, opening=1.0))) == []
