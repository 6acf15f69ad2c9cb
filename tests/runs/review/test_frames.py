"""Frames most worth a look: sorted, and each once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.runs.review.frames import BarePlace, ReviewFrame, most_urgent_first

review_frames = st.builds(
    ReviewFrame,
    frame=st.integers(0, 5),
    time=st.none(),
    reason=st.sampled_from(("once", "gap", "unsure")),
    weight=st.sampled_from((0.1, 0.5, 0.9)),
    tracks=st.tuples(st.integers(1, 3)),
    boxes=st.tuples(st.tuples(st.integers(0, 3), *[st.just(4)] * 3)),
)


def test_a_case_by_hand() -> None:
    box, other = (0, 0, 4, 4), (9, 0, 4, 4)
    frames = [
        ReviewFrame(7, 0.7, "gap", 0.3, (1,), (box,)),
        ReviewFrame(3, 0.3, "unsure", 0.5, (2,), (box,)),
        ReviewFrame(7, 0.7, "once", 0.8, (1,), (other,)),
        ReviewFrame(9, 0.9, "late", 0.1, (1,), (other,)),
        ReviewFrame(7, 0.7, "dark", 0.2),
        ReviewFrame(7, 0.7, "slow", 0.1),
    ]
    assert most_urgent_first(frames) == [
        ReviewFrame(
            7, 0.7, "once (track 1); gap (track 1); late (track 1)", 0.8, (1,), (other, box)
        ),
        ReviewFrame(3, 0.3, "unsure", 0.5, (2,), (box,)),
        ReviewFrame(7, 0.7, "dark; slow", 0.2),
    ]


@pytest.mark.slow
@given(st.lists(review_frames))
def test_nothing_is_lost_and_no_track_comes_twice(frames: list[ReviewFrame]) -> None:
    joined = most_urgent_first(frames)
    tracks = [track for one in joined for track in one.tracks]
    assert sorted(tracks) == sorted({track for one in frames for track in one.tracks})
    weights = [one.weight for one in joined]
    assert weights == sorted(weights, reverse=True)
    for one in joined:
        same = [other for other in frames if other.tracks == one.tracks]
        assert one.weight == max(other.weight for other in same)
        here = [other for other in same if other.frame == one.frame]
        assert set(one.boxes) == {box for other in here for box in other.boxes}
        said = {text.partition(" (")[0] for text in one.reason.split("; ")}
        assert said == {other.reason for other in same}


def lost(frame: int, left: float, track: int, weight: float) -> ReviewFrame:
    place = BarePlace(frame, (left, 0, 10, 12))
    return ReviewFrame(frame, frame / 10, f"lost {frame}", weight, (track,), places=(place,))


def test_bare_heads_are_one_if_they_are_near_and_two_if_one_track_is_lost_twice() -> None:
    near, far, late = lost(22, 8, 2, 0.7), lost(21, 40, 3, 0.6), lost(50, 0, 1, 0.5)
    rare = ReviewFrame(9, 0.9, "seen once", 0.4, (3,))
    first, second, third = most_urgent_first([late, lost(20, 0, 1, 0.8), near, far, rare])
    assert (first.frame, first.tracks) == (20, (1, 2))
    assert [place.frame for place in first.places] == [20, 22]
    assert (second.reason, second.tracks) == ("lost 21 (track 3); seen once (track 3)", (3,))
    assert (third.frame, third.tracks) == (50, (1,))


def test_one_reason_and_a_reason_without_tracks_name_none() -> None:
    once, again = ReviewFrame(3, 0.3, "once", 0.5, (2,)), ReviewFrame(3, 0.3, "once", 0.4, (2, 6))
    bare = ReviewFrame(3, 0.3, "found again", 1.0)
    assert most_urgent_first([once, again])[0].reason == "once"
    assert [one.reason for one in most_urgent_first([once, again, bare])] == ["found again", "once"]


@pytest.mark.parametrize(
    ("time", "option"),
    [(12.9, "11.90-13.90"), (0.3, "0.00-1.30"), (1.2345, "0.23-2.24"), (3.48, "2.48-4.48")],
)
def test_the_option_covers_a_second_around(time: float, option: str) -> None:
    assert ReviewFrame(3, time, "once", 0.5).cover_option == f"--cover-time {option}"
