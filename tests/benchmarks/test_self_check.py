"""What the benchmark of the self-check plants, and how it counts, on scenes made by hand."""

import random

import pytest

from marked_clips import Mark
from passerby.detections import Detections
from passerby.runs.anonymize.self_check import Finding, SelfCheck
from self_check import compared, interval, planted, without

SIZE = 200, 100
HEAD = (20.0, 10.0, 32.0, 24.0)
BESIDE = (120.0, 10.0, 132.0, 24.0)
PERSON = [14, 8, 38, 90]


def record(frame: int, boxes: list[list[float]]) -> dict[str, object]:
    known = {"kind": "person", "score": 0.9, "track": 1, "seen": True, "margin": 0.0}
    return {"frame": frame, "boxes": [{"box": box, **known} for box in boxes]}


def find(frame: int, box: tuple[float, float, float, float]) -> Finding:
    return Finding(frame, 0.0, "head", 0.8, box)


def test_whoever_covers_a_head_that_is_to_be_bare_is_left_out() -> None:
    known = Detections.of([PERSON, [114, 8, 138, 90]], tracks=[1, 2])
    assert without(known, [HEAD], SIZE).tracks.tolist() == [2]
    assert without(known, [], SIZE).tracks.tolist() == [1, 2]


def test_bare_heads_and_finds_are_counted_where_the_check_looked() -> None:
    heads = {n: [Mark(1, HEAD, 1.0), Mark(2, BESIDE, 1.0), Mark(3, BESIDE, 0.2)] for n in range(3)}
    looked = [record(0, [[114, 8, 24, 82]]), record(2, [])]
    finds = [find(0, (21, 11, 12, 14)), find(0, (60, 60, 12, 14)), find(2, (121, 9, 10, 12))]
    score = compared(SelfCheck(uncovered=finds), looked, heads, SIZE)
    assert (score.right, len(score.wrong)) == (2, 1)
    assert score.planted == {1: (2, 1), 2: (1, 1)}


def test_about_half_of_the_people_are_left_bare_for_a_spell() -> None:
    heads = {frame: [Mark(person, HEAD, 1.0) for person in range(200)] for frame in range(50)}
    misses = planted(heads, 25, random.Random(1))
    assert 70 < len(misses) < 130
    assert {miss.last - miss.first + 1 for miss in misses} == {8, 25, 50, 100}


@pytest.mark.parametrize(
    ("counts", "text"),
    [([], "-"), ([(4, 4), (2, 2)], "1.000 (1.000-1.000), 6 of 6")],
)
def test_a_ratio_has_an_interval(counts: list[tuple[int, int]], text: str) -> None:
    assert interval(counts) == text
