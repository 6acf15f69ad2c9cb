"""Frames most worth a look: sorted, and each once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.runs.review.frames import ReviewFrame, most_urgent_first

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
        ReviewFrame(7, 0.7, "once", 0.8, (4,), (other,)),
        ReviewFrame(7, 0.7, "once", 0.1, (5,), (other,)),
    ]
    assert most_urgent_first(frames) == [
        ReviewFrame(7, 0.7, "once (tracks 4, 5); gap (track 1)", 0.8, (4, 1, 5), (other, box)),
        ReviewFrame(3, 0.3, "unsure", 0.5, (2,), (box,)),
    ]


@pytest.mark.slow
@given(st.lists(review_frames))
def test_nothing_is_lost_and_no_frame_comes_twice(frames: list[ReviewFrame]) -> None:
    joined = most_urgent_first(frames)
    numbers = [one.frame for one in joined]
    assert sorted(numbers) == sorted({one.frame for one in frames})
    weights = [one.weight for one in joined]
    assert weights == sorted(weights, reverse=True)
    for one in joined:
        same = [other for other in frames if other.frame == one.frame]
        assert one.weight == max(other.weight for other in same)
        assert set(one.tracks) == {track for other in same for track in other.tracks}
        assert set(one.boxes) == {box for other in same for box in other.boxes}
        said = {text.partition(" (")[0] for text in one.reason.split("; ")}
        assert said == {other.reason for other in same}


def test_one_reason_and_a_reason_without_tracks_name_none() -> None:
    once, again = ReviewFrame(3, 0.3, "once", 0.5, (2,)), ReviewFrame(3, 0.3, "once", 0.4, (6,))
    bare = ReviewFrame(3, 0.3, "found again", 1.0)
    assert most_urgent_first([once, again])[0].reason == "once"
    assert most_urgent_first([once, again, bare])[0].reason == "found again; once (tracks 2, 6)"


@pytest.mark.parametrize(
    ("time", "option"),
    [(12.9, "11.90-13.90"), (0.3, "0.00-1.30"), (1.2345, "0.23-2.24"), (3.48, "2.48-4.48")],
)
def test_the_option_covers_a_second_around(time: float, option: str) -> None:
    assert ReviewFrame(3, time, "once", 0.5).cover_option == f"--cover-time {option}"
