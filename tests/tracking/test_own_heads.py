import numpy as np
import pytest

from passerby.detections import Detections, Kind
from passerby.tracking.own_heads import have_own_heads

PERSON = [100, 100, 140, 220]
HEAD = [112, 101, 128, 119]


def owns(*boxes: tuple[list[float], float, Kind]) -> list[bool]:
    found = Detections.of(
        np.array([box for box, _, _ in boxes], np.float32).reshape(-1, 4),
        scores=[score for _, score, _ in boxes],
        kinds=[kind for _, _, kind in boxes],
    )
    return have_own_heads(found).tolist()


def test_a_head_at_the_top_is_a_persons_own() -> None:
    assert owns((PERSON, 0.5, Kind.PERSON), (HEAD, 0.9, Kind.HEAD)) == [True, False]


@pytest.mark.parametrize(
    ("box", "score", "kind"),
    [
        (HEAD, 0.59, Kind.HEAD),  # in doubt
        (HEAD, 0.9, Kind.FACE),
        ([112, 140, 128, 158], 0.9, Kind.HEAD),  # at the belt
        ([90, 101, 106, 119], 0.9, Kind.HEAD),  # beside
        ([112, 80, 128, 98], 0.9, Kind.HEAD),  # above
        ([118, 108, 122, 112], 0.9, Kind.HEAD),  # of somebody far away
        ([100, 90, 140, 140], 0.9, Kind.HEAD),  # of somebody near
    ],
)
def test_other_heads_vouch_for_nobody(box: list[float], score: float, kind: Kind) -> None:
    assert owns((PERSON, 0.5, Kind.PERSON), (box, score, kind)) == [False, False]


def test_one_head_is_that_of_the_better_box() -> None:
    wide = [95, 100, 145, 225]
    found = owns((wide, 0.6, Kind.PERSON), (PERSON, 0.7, Kind.PERSON), (HEAD, 0.9, Kind.HEAD))
    assert found == [False, True, False]


def test_two_heads_are_those_of_two() -> None:
    near = [105, 100, 145, 220]
    second = [118, 101, 134, 119]
    heads = (HEAD, 0.9, Kind.HEAD), (second, 0.9, Kind.HEAD)
    assert owns((PERSON, 0.7, Kind.PERSON), (near, 0.6, Kind.PERSON), *heads)[:2] == [True, True]


def test_nobody_has_no_head() -> None:
    assert owns() == []
    assert owns((HEAD, 0.9, Kind.HEAD)) == [False]
