"""The lines about an input that was anonymized."""

from collections import Counter
from fractions import Fraction

import pytest

from passerby.cli.outcome import is_unremarkable, told
from passerby.detections import Kind
from passerby.media import Medium
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.run_statistics import RunStatistics, TrackRecord
from passerby.runs.anonymize.self_check import Finding, SelfCheck

FINDING = Finding(frame=4, time=0.5, kind="face", score=0.8, box=(1, 2, 3, 4))


def done(**fields: object) -> ItemReport:
    record = TrackRecord(0, 99, seen=40, gaps=2)
    tally = RunStatistics(frames=100, looked=40, tracks={(1, Kind.PERSON): record})
    values = {"target": "safe.mp4", "status": "done", "seconds": 8.0, "tally": tally} | fields
    return ItemReport("street.mp4", **values)


def lines(item: ItemReport) -> list[str]:
    return [text.plain for text in told(item)]


def test_what_is_done_is_told_with_its_numbers() -> None:
    assert lines(done(notes=("sound left out",))) == [
        "done    street.mp4 -> safe.mp4",
        "        100 frames in 8.0 s (12.5 frames/s), 1 track, 2 gaps bridged",
        "        sound left out",
    ]


@pytest.mark.parametrize(("kind", "followed"), [("image", False), ("video", True)])
def test_nobody_is_followed_in_a_picture(kind: str, followed: bool) -> None:
    medium = Medium("a", kind, 4, 4, time_base=None if kind == "image" else Fraction(1, 25))
    (line,) = [line for line in lines(done(medium=medium)) if "frames/s" in line]
    assert ("track" in line) == followed
    assert ("bridged" in line) == followed


def test_frames_covered_in_full_and_findings_are_told() -> None:
    item = done(self_check=SelfCheck(20, 9, [FINDING], in_all=58))
    item.tally.covered_in_full = 7
    item.tally.failures = Counter({"slow": 2, "dark": 5})
    assert "        7 frames covered in full: dark (5); slow (2)" in lines(item)
    item.tally.failures = Counter({"dark": 7})
    assert "        7 frames covered in full: dark" in lines(item)
    assert lines(item)[-1].startswith(
        "        self-check of 20 of 58 frames: 1 of 9 people and faces"
    )


def test_a_failure_is_one_line() -> None:
    failed = ItemReport("street.mp4", error="street.mp4 is empty: nothing to read")
    assert lines(failed) == ["failed  street.mp4 is empty: nothing to read"]


def test_what_broke_off_says_why() -> None:
    told_lines = lines(done(status="partial", error="it ends too early"))
    assert told_lines[0] == "partial street.mp4 -> safe.mp4"
    assert told_lines[-1].strip() == "street.mp4: it ends too early"


@pytest.mark.parametrize(
    ("fields", "plain"),
    [
        ({}, True),
        ({"notes": ("sound left out",)}, False),
        ({"status": "failed"}, False),
        ({"self_check": SelfCheck(20, 9, [FINDING])}, False),
    ],
)
def test_whether_anything_is_to_be_told(fields: dict[str, object], plain: bool) -> None:
    assert is_unremarkable(done(**fields)) == plain
