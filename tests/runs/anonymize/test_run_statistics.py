"""Counts of frames, tracks and gaps, against a slow recount from the definitions."""

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.detections import Detections, Kind
from passerby.pipeline.stages import FrameResult
from passerby.runs.anonymize.run_statistics import DOUBTFUL_SCORE, LONG_GAP, RunStatistics
from passerby.types import Frame, Image, seal

PIXELS: Image = np.zeros((8, 8, 3), np.uint8)
ABSENT, FILLED, SEEN = range(3)


def result(
    index: int, found: Detections, *, looked: bool = True, in_full: bool = False, timed: bool = True
) -> FrameResult:
    pts, base = (index, Fraction(1, 25)) if timed else (None, None)
    frame = Frame(PIXELS, index=index, pts=pts, time_base=base)
    return FrameResult(seal(frame, PIXELS, covered_in_full=in_full), found, found, looked)


def somebody(
    states: Sequence[int], score: float = 0.9, kind: Kind = Kind.PERSON, first: int = 1
) -> Detections:
    """One box for each track that is there; its left side is its number."""
    there = [number for number, state in enumerate(states, first) if state != ABSENT]
    return Detections.of(
        np.reshape([[n, 0, n + 4, 8] for n in there], (-1, 4)),
        scores=[score] * len(there),
        kinds=kind,
        tracks=there,
        seen=[states[n - first] == SEEN for n in there],
    )


def tally(
    track: Sequence[int], scores: Sequence[float] | None = None, every: int = 1
) -> RunStatistics:
    """A video with one track, looked at in every k-th frame."""
    counted = RunStatistics()
    for index, state in enumerate(track):
        found = somebody([state], scores[index] if scores else 0.9)
        counted.add(result(index, found, looked=index % every == 0))
    return counted


# --- Counting ------------------------------------------------------------------------------


def recount(frames: Sequence[Sequence[int]], looks: Sequence[bool], number: int) -> dict[str, int]:
    """What the attributes of a `TrackRecord` say they are, by looking at all frames at once."""
    states = [frame[number] for frame in frames]
    seen = [index for index, state in enumerate(states) if state == SEEN]
    bridged = []
    for before, after in pairwise(seen):
        between = range(before + 1, after)
        missed = sum(looks[index] for index in between)
        if missed and all(states[index] == FILLED for index in between):
            bridged.append(missed)
    there = [index for index, state in enumerate(states) if state != ABSENT]
    return {
        "first": there[0],
        "last": there[-1],
        "seen": len(seen),
        "filled": states.count(FILLED),
        "gaps": len(bridged),
        "longest_gap": max(bridged, default=0),
        "uncovered": states[there[0] : there[-1] + 1].count(ABSENT),
    }


@pytest.mark.slow
@given(
    frames=st.lists(st.tuples(*[st.sampled_from((ABSENT, FILLED, SEEN))] * 3), max_size=40),
    every=st.integers(1, 4),
)
def test_tracks_and_gaps_are_those_of_a_recount(frames: list[tuple[int, ...]], every: int) -> None:
    looks = [index % every == 0 for index in range(len(frames))]
    # Nobody is seen where nobody looks.
    frames = [
        tuple(FILLED if state == SEEN and not look else state for state in states)
        for states, look in zip(frames, looks, strict=True)
    ]
    counted = RunStatistics()
    for index, states in enumerate(frames):
        counted.add(result(index, somebody(states), looked=looks[index]))
    numbers = [n for n in range(3) if any(states[n] != ABSENT for states in frames)]
    assert {number for number, _ in counted.tracks} == {number + 1 for number in numbers}
    for number in numbers:
        record = counted.tracks[number + 1, Kind.PERSON]
        expected = recount(frames, looks, number)
        assert {name: getattr(record, name) for name in expected} == expected
    assert counted.frames == len(frames)
    assert counted.looked == sum(looks)
    assert counted.gaps_bridged == sum(recount(frames, looks, n)["gaps"] for n in numbers)


def test_frames_in_which_a_track_is_nowhere_are_uncovered_but_for_those_covered_in_full() -> None:
    counted = RunStatistics()
    for index, state in enumerate([SEEN, ABSENT, ABSENT, ABSENT, SEEN]):
        counted.add(result(index, somebody([state]), in_full=index == 2))
    assert counted.tracks[1, Kind.PERSON].uncovered == 2
    (frame,) = (one for one in counted.review() if one.tracks == (1,))
    assert (frame.frame, frame.reason) == (
        4,
        "not covered in 2 frames before this, because the gap was too long",
    )


def test_who_is_seen_and_expected_elsewhere_counts_once() -> None:
    counted = RunStatistics()
    for index in range(9):
        both = Detections.joined(somebody([FILLED]), somebody([SEEN]))
        counted.add(result(index, both))
    record = counted.tracks[1, Kind.PERSON]
    assert (record.seen, record.filled, record.gaps) == (9, 0, 0)


def test_a_face_with_the_number_of_its_person_is_a_track_of_its_own() -> None:
    counted = RunStatistics()
    for index in range(3):
        face = somebody([FILLED], kind=Kind.FACE)
        counted.add(result(index, Detections.joined(somebody([SEEN]), face)))
    assert {track: record.seen for track, record in counted.tracks.items()} == {
        (1, Kind.PERSON): 3,
        (1, Kind.FACE): 0,
    }


def test_frames_covered_in_full_are_counted_by_reason() -> None:
    counted = RunStatistics()
    for index, reason in enumerate(["dark", None, "dark", "slow"]):
        found = Detections.none() if reason is None else Detections.failed(reason)
        counted.add(result(index, found, in_full=True))
    assert counted.covered_in_full == 4
    assert counted.failures == {"dark": 2, "slow": 1, "covering failed": 1}


@pytest.mark.slow
def test_memory_does_not_grow_with_length() -> None:
    counted = RunStatistics()
    found = somebody([SEEN, FILLED], 0.3)
    tracemalloc.start()
    try:
        for index in range(5_000):
            counted.add(result(index, found))
            if index == 500:
                before, _ = tracemalloc.get_traced_memory()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert counted.frames == 5_000
    assert grown < 10_000


# --- What to look at -----------------------------------------------------------------------


def test_who_is_seen_throughout_is_in_no_doubt() -> None:
    assert tally([SEEN] * 20).review() == []


def test_nobody_is_in_no_doubt() -> None:
    assert tally([ABSENT] * 20).review() == []


def things(score: float, seconds: float, step: float = 0) -> list[str]:
    """What is in doubt about somebody who moves by ``step`` pixels a frame, of 8 in height."""
    counted = RunStatistics()
    for index in range(round(25 * seconds) + 1):
        box = [10 + step * index, 0, 14 + step * index, 8]
        counted.add(result(index, Detections.of([box], [score], tracks=[7])))
    return [one.reason for one in counted.review()]


def test_what_never_moves_and_is_never_certain_may_be_a_thing() -> None:
    (reason,) = things(0.45, 6)
    assert reason == ("does not move, score 0.45 at best: a thing? --keep 7 leaves it uncovered")
    assert things(0.5, 6) == []
    assert things(0.45, 4.9) == []
    assert things(0.45, 6, step=0.02) == []


def test_tracks_that_are_not_covered_are_shown_once_where_they_were_seen_best() -> None:
    counted = RunStatistics()
    for index, score in enumerate([0.3, 0.4, 0.2]):
        found = Detections.of([[index, 0, index + 4, 8]], [score], tracks=[index + 1])
        one = result(index, found)
        counted.add(replace(one, detections=Detections.none()))
    (doubt,) = counted.review()
    assert doubt.frame == 1
    assert doubt.boxes == ((1, 0, 4, 8),)
    assert doubt.reason == (
        "3 tracks not covered, because found too rarely at too low scores: score 0.40 at best"
    )
    counted.add(result(3, Detections.of([[9, 0, 13, 8]], [0.9], tracks=[2])))
    assert "2 tracks not covered" in " ".join(one.reason for one in counted.review())


def test_who_is_only_given_and_never_seen_is_in_no_doubt() -> None:
    assert tally([FILLED] * 20).review() == []


def test_who_is_seen_once_is_shown_where_that_was() -> None:
    (one,) = tally([FILLED, FILLED, SEEN, FILLED]).review()
    assert (one.frame, one.time, one.tracks) == (2, 0.08, (1,))
    assert one.boxes == ((1, 0, 4, 8),)
    assert one.reason == "seen only once"


@pytest.mark.parametrize(("left", "doubted"), [(12, False), (60, True)])
def test_a_face_seen_once_is_in_doubt_only_outside_of_people(left: int, doubted: bool) -> None:
    person_and_face = Detections.of(
        [[10, 10, 30, 60], [left, 12, left + 8, 20]], kinds=[Kind.PERSON, Kind.FACE], tracks=[1, 2]
    )
    counted = RunStatistics()
    counted.add(result(0, person_and_face))
    counted.add(result(1, person_and_face[:1]))
    assert [one.tracks for one in counted.review()] == ([(2,)] if doubted else [])


def test_a_score_of_zero_is_a_sighting_too() -> None:
    (one,) = tally([SEEN], [0.0]).review()
    assert one.frame == 0


def test_who_is_never_sure_is_shown_at_their_surest() -> None:
    (one,) = tally([SEEN] * 4, [0.2, 0.3, 0.34, 0.1]).review()
    assert one.frame == 2
    assert one.reason == "low scores only: score 0.34 at best"
    assert tally([SEEN] * 2, [0.1, DOUBTFUL_SCORE + 0.01]).review() == []


@pytest.mark.parametrize("missed", [LONG_GAP, LONG_GAP + 1, 40])
def test_a_long_gap_is_shown_where_it_ends(missed: int) -> None:
    doubts = tally([SEEN, SEEN, *[FILLED] * missed, SEEN, SEEN]).review()
    if missed == LONG_GAP:
        assert doubts == []
        return
    (one,) = doubts
    assert one.frame == missed + 2
    assert one.reason == f"not seen for {missed} looks before this"


def test_doubtful_boxes_without_a_track_are_shown() -> None:
    counted = RunStatistics()
    for index, scores in enumerate([[0.9], [0.3, 0.9, 0.2], [0.26], []]):
        boxes = [[place, 0, place + 3, 8] for place in range(len(scores))]
        found = Detections.of(np.reshape(boxes, (-1, 4)), scores=scores)
        counted.add(result(index, found, timed=False))
    (one,) = counted.review()
    assert (one.frame, one.time, one.tracks) == (1, None, ())
    assert one.boxes == ((0, 0, 3, 8), (2, 0, 3, 8))
    assert one.reason == "2 doubtful: score 0.30 at best"


def test_motion_without_a_track_is_in_no_doubt() -> None:
    counted = RunStatistics()
    counted.add(result(0, Detections.of([[0, 0, 4, 4]], scores=[0.1], kinds=Kind.MOTION)))
    assert counted.review() == []


def test_the_first_frame_covered_in_full_is_shown_with_the_most_frequent_reason() -> None:
    counted = RunStatistics()
    for index, reason in enumerate([None, "slow", "dark", "dark"]):
        found = Detections.none() if reason is None else Detections.failed(reason)
        counted.add(result(index, found, in_full=reason is not None))
    (one,) = counted.review()
    assert one.frame == 1
    assert one.reason == "3 frames covered in full: dark"
    assert one.boxes == ()


def test_a_thing_seen_once_is_in_doubt_even_inside_of_people() -> None:
    counted = RunStatistics()
    people = somebody([SEEN], first=1)
    plate = Detections.of([[2, 2, 4, 4]], [0.9], Kind.OBJECT, tracks=[9])
    for index in range(3):
        counted.add(result(index, Detections.joined(people, plate[: index == 0])))
    assert [one.tracks for one in counted.review()] == [(9,)]


def test_a_doubtful_thing_without_a_track_is_shown() -> None:
    counted = RunStatistics()
    counted.add(result(0, Detections.of([[1, 1, 3, 3]], [0.25], Kind.OBJECT)))
    (shown,) = counted.review()
    assert "doubtful: score 0.25" in shown.reason


def test_a_head_that_is_lost_amid_frames_of_a_known_size_is_in_doubt() -> None:
    for size, doubts in ((None, 0), ((200, 200), 1)):
        counted = RunStatistics(size=size)
        for index in range(20):
            there = [1, 2] if index < 10 else [2]
            boxes = [[60 * number, 80, 60 * number + 10, 92] for number in there]
            found = Detections.of(boxes, [0.9] * len(there), Kind.HEAD, tracks=there)
            counted.add(result(index, found))
        assert [one.kind for one in counted.review()] == ["lost"] * doubts
