"""Reading a report, and which of its frames are shown."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.errors import InputError
from passerby.runs.review.frames import APART_SECONDS, ReviewFrame
from passerby.runs.review.queue import (
    APART_FRAMES,
    FinishedItem,
    ReviewItem,
    choose,
    read_report,
    review_queue,
)
from passerby.time_range import TimeRange

doubt_lists = st.lists(
    st.builds(
        ReviewItem,
        st.integers(0, 2),
        st.builds(
            ReviewFrame,
            st.integers(0, 60),
            st.none() | st.integers(0, 60).map(float),
            st.just("why"),
            st.floats(0, 1),
            st.lists(st.integers(1, 4), max_size=2, unique=True).map(tuple),
        ),
    ),
    max_size=30,
)


def frame(number: int, weight: float = 0.5, time: float | None = None) -> ReviewFrame:
    return ReviewFrame(number, time, "why", weight)


def item(*frames: ReviewFrame) -> FinishedItem:
    return FinishedItem(
        input={"name": "a.mp4"}, output={"name": "b.mp4"}, status="done", review=frames
    )


# --- Choosing ------------------------------------------------------------------------------


def test_the_most_urgent_of_all_inputs_come_first() -> None:
    found = review_queue([item(frame(1, 0.9), frame(2, 0.3)), item(frame(3, 0.5))])
    assert [(one.item, one.frame.frame) for one in found] == [(0, 1), (1, 3), (0, 2)]


def near(one: ReviewItem, other: ReviewItem) -> bool:
    if one.frame.time is None or other.frame.time is None:
        apart = abs(one.frame.frame - other.frame.frame) / APART_FRAMES
    else:
        apart = abs(one.frame.time - other.frame.time) / APART_SECONDS
    return one.item == other.item and apart < 1


@given(found=doubt_lists, most=st.integers(0, 40))
def test_no_neighbours_are_chosen_and_who_is_left_out_has_one_before(
    found: list[ReviewItem], most: int
) -> None:
    chosen = choose(found, most)
    assert len(chosen) <= most
    places = [next(i for i, one in enumerate(found) if one is other) for other in chosen]
    assert places == sorted(places)
    for place, one in enumerate(found):
        before = [found[p] for p in places if p < place]
        shown = {(other.item, track) for other in before for track in other.frame.tracks}
        repeats = all((one.item, track) in shown for track in one.frame.tracks)
        if place in places:
            assert not (repeats and any(near(one, other) for other in before))
        else:
            assert (repeats and any(near(one, other) for other in before)) or len(before) == most


@given(found=doubt_lists)
def test_every_doubtful_track_is_chosen(found: list[ReviewItem]) -> None:
    def tracks(items: list[ReviewItem]) -> set[tuple[int, int]]:
        return {(one.item, track) for one in items for track in one.frame.tracks}

    assert tracks(choose(found, len(found))) == tracks(found)


@given(found=doubt_lists)
def test_the_options_of_what_is_chosen_cover_what_is_left_out_too(found: list[ReviewItem]) -> None:
    chosen = choose(found, len(found))
    options = [(one.item, one.frame.cover_option) for one in chosen]
    spans = [(item, TimeRange.parse(text.split()[1])) for item, text in options if text]
    for one in found:
        # A frame without a time may be left out for one with a time: it comes from no real report.
        if one.frame.time is not None and all(other.frame.time is not None for other in found):
            assert any(one.item == item and one.frame.time in span for item, span in spans)


@pytest.mark.parametrize(("left", "shown"), [(10, 1), (20, 1), (300, 2)])
def test_of_two_people_found_within_a_second_both_are_shown(left: int, shown: int) -> None:
    """The self-check knows no tracks: their places tell them apart."""
    first, second = (
        ReviewItem(0, ReviewFrame(number, number / 10, "head found again", 1.0, (), (box,)))
        for number, box in ((3, (10, 10, 8, 12)), (6, (left, 10, 8, 12)))
    )
    assert choose([first, second], 9) == [first, second][:shown]


def test_the_same_moment_of_two_inputs_is_no_neighbour() -> None:
    found = [ReviewItem(0, frame(5)), ReviewItem(1, frame(5)), ReviewItem(0, frame(6))]
    assert choose(found, 9) == found[:2]


# --- Reading -------------------------------------------------------------------------------


def report(**changes: object) -> dict[str, object]:
    one = {
        "input": {"name": "a.mp4", "sha256": "0", "width": 3},
        "output": {"name": "b.mp4", "sha256": "1"},
        "status": "done",
        "error": None,
        "review": [{"frame": 3, "time": 0.1, "reason": "why", "weight": 0.5, "tracks": [1]}],
        "frames": [{"frame": 0, "looked": True, "boxes": [{"box": [1, 2, 3, 4]}]}],
    }
    return {"report": 1, "items": [one], "settings": {}} | changes


def doubtful(time: float) -> dict[str, object]:
    """An input with one frame in doubt."""
    review = [{"frame": 3, "time": time, "reason": "why", "weight": 0.5}]
    return {"input": {}, "output": {}, "status": "done", "review": review}


def test_what_a_run_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps(report()), encoding="utf-8")
    (one,) = read_report(path).items
    assert (one.input.name, one.output.name, one.output.sha256) == ("a.mp4", "b.mp4", "1")
    assert one.review == (ReviewFrame(3, 0.1, "why", 0.5, (1,)),)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"\xff\xfe", "it is not text"),
        (b"[]", "is JSON but not a report"),
        (b"null", "is JSON but not a report"),
        (b"{}", "is JSON but not a report"),
        (b'{"images": [], "annotations": []}', "is JSON but not a report"),
        (json.dumps(report(report=2)).encode(), "is JSON but not a report"),
        (json.dumps(report(items=3)).encode(), "is JSON but not a report"),
        (json.dumps(report(items=[doubtful(float("inf"))])).encode(), "is JSON but not a report"),
        (json.dumps(report(items=[doubtful(float("nan"))])).encode(), "is JSON but not a report"),
        (json.dumps(report(items=[{"status": "done"}])).encode(), "is JSON but not a report"),
    ],
)
def test_what_is_no_report_is_one_clear_line(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told) as caught:
        read_report(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_what_is_not_there_or_no_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_report(tmp_path / "gone.json")
    with pytest.raises(InputError, match="cannot be read"):
        read_report(tmp_path)
