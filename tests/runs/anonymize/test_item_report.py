"""What became of one input, in words and in doubt."""

import pytest

from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.self_check import Finding, SelfCheck

FINDING = Finding(frame=4, time=0.5, kind="face", score=0.8, box=(1, 2, 3, 4))


def item(**fields: object) -> ItemReport:
    return ItemReport("street.mp4", "safe.mp4", **{"status": "done"} | fields)


def test_nothing_in_doubt_is_vouched_for() -> None:
    assert item().vouched
    assert item(self_check=SelfCheck(frames=9, found=3)).vouched


@pytest.mark.parametrize("status", ["partial", "failed"])
def test_what_is_not_done_is_not_vouched_for(status: str) -> None:
    assert not item(status=status).vouched


def test_a_frame_covered_in_full_or_a_finding_is_not_vouched_for() -> None:
    doubtful = item()
    doubtful.tally.covered_in_full = 1
    assert not doubtful.vouched
    assert not item(self_check=SelfCheck(9, 3, [FINDING])).vouched


@pytest.mark.parametrize(
    ("error", "complaint"),
    [
        (None, None),
        ("it broke off", "street.mp4: it broke off"),
        ("street.mp4 is empty", "street.mp4 is empty"),
    ],
)
def test_a_complaint_names_the_input_once(error: str | None, complaint: str | None) -> None:
    assert item(error=error).complaint == complaint


def test_a_finding_is_the_first_thing_to_look_at() -> None:
    (one,) = item(self_check=SelfCheck(9, 3, [FINDING])).review
    assert (one.frame, one.time, one.weight, one.boxes) == (4, 0.5, 1.0, ((1, 2, 3, 4),))
    assert one.reason == "face found again, uncovered: score 0.80"


def test_one_head_is_one_thing_to_look_at_where_it_was_found_most_surely() -> None:
    found = [Finding(n, n / 10, "head", 0.5 + n / 100, (n, 9, 8, 8)) for n in range(0, 25, 3)]
    (one,) = item(self_check=SelfCheck(9, 3, found)).review
    assert (one.frame, one.kind) == (24, "uncovered")
    assert one.reason == "head found again, uncovered for 2 s: score 0.74"
    assert [(place.frame, place.box) for place in one.places] == [
        (0, (0, 9, 8, 8)),
        (12, (12, 9, 8, 8)),
        (24, (24, 9, 8, 8)),
    ]


def test_of_a_person_or_a_face_the_head_is_to_be_covered() -> None:
    person = Finding(4, 0.4, "person", 0.8, (0, 0, 40, 100))
    (one,) = item(self_check=SelfCheck(9, 3, [person])).review
    assert one.boxes == ((0, 0, 40, 100),)
    left, top, width, height = one.places[0].box
    assert 0 < left < left + width < 40
    assert top < 5
    assert height < 40


def test_a_time_without_frames_and_an_end_without_boxes_are_not_vouched_for() -> None:
    assert not item(unmet=("5-6 (--cover-time)",)).vouched
    assert not item(unlisted=3).vouched


def test_objects_that_no_region_covers_are_not_vouched_for() -> None:
    assert not item(bare_objects=True).vouched


def test_boxes_of_nobody_knows_which_file_are_not_vouched_for() -> None:
    assert not item(unnamed=True).vouched
