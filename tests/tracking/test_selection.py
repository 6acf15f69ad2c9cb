"""Whom to leave and whom to cover, above all where two people overlap."""

import numpy as np
import pytest

from passerby.detections import Detections, Kind
from passerby.tracking.selection import Selection

PERSON, FACE = Kind.PERSON, Kind.FACE

LEFT, RIGHT = 1, 2
LEFT_FACE, RIGHT_FACE, SHARED_FACE, LONE_FACE = 11, 12, 13, 14
ALL = {LEFT, RIGHT, LEFT_FACE, RIGHT_FACE, SHARED_FACE, LONE_FACE}

SCENE = Detections.of(
    boxes=[
        [0, 0, 60, 100],
        [40, 0, 100, 100],  # overlaps the left one from x = 40 to 60
        [10, 5, 30, 25],
        [70, 5, 90, 25],
        [45, 5, 55, 15],
        [200, 5, 220, 25],
    ],
    kinds=[PERSON, PERSON, FACE, FACE, FACE, FACE],
    tracks=[LEFT, RIGHT, LEFT_FACE, RIGHT_FACE, SHARED_FACE, LONE_FACE],
)


def select(found: Detections, **chosen: list[int]) -> Detections:
    """Those who are to be covered."""
    return found[Selection(**chosen).covers(found)]


def covered(**chosen: list[int]) -> set[int]:
    return set(select(SCENE, **chosen).tracks.tolist())


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ALL),
        ({"keep": [LEFT]}, ALL - {LEFT, LEFT_FACE}),
        ({"keep": [RIGHT]}, ALL - {RIGHT, RIGHT_FACE}),
        ({"keep": [LEFT, RIGHT]}, {LONE_FACE}),
        ({"keep": [99]}, ALL),
        ({"keep": [LONE_FACE]}, ALL - {LONE_FACE}),
        ({"only": [LEFT]}, {LEFT, LEFT_FACE, SHARED_FACE}),
        ({"only": [LEFT, RIGHT]}, ALL - {LONE_FACE}),
        ({"only": [99]}, set()),
        ({"only": [LONE_FACE]}, {LONE_FACE}),
    ],
)
def test_faces_go_with_the_person_in_whose_box_they_lie(
    chosen: dict[str, list[int]], expected: set[int]
) -> None:
    assert covered(**chosen) == expected


def test_a_face_cannot_be_left_in_the_box_of_somebody_who_is_covered() -> None:
    assert LEFT_FACE in covered(keep=[LEFT_FACE])
    assert SHARED_FACE in covered(keep=[LEFT, SHARED_FACE])


def test_a_face_chosen_by_its_own_number_is_covered_in_the_box_of_somebody_who_is_not() -> None:
    assert covered(only=[LEFT_FACE]) == {LEFT_FACE}


def test_keep_wins_over_only() -> None:
    assert covered(keep=[LEFT], only=[LEFT, RIGHT]) == {RIGHT, RIGHT_FACE, SHARED_FACE}


@pytest.mark.parametrize("kind", [Kind.FACE, Kind.HEAD])
def test_a_face_or_head_with_a_number_goes_with_its_person(kind: Kind) -> None:
    found = Detections.of([[0, 0, 60, 100], [10, 5, 30, 25]], kinds=[PERSON, kind], tracks=[7, 8])
    assert len(select(found, keep=[7])) == 0
    assert len(select(found, only=[7])) == 2


@pytest.mark.parametrize("chosen", [{"keep": [7]}, {"only": [9]}])
def test_motion_goes_with_the_person_in_whose_box_it_lies(chosen: dict[str, list[int]]) -> None:
    boxes = [[0, 0, 60, 100], [10, 5, 30, 25], [200, 5, 220, 25]]
    kinds = [PERSON, Kind.MOTION, Kind.MOTION]
    found = Detections.of(boxes, kinds=kinds, tracks=[7, -1, -1])
    np.testing.assert_array_equal(select(found, **chosen).boxes, [boxes[2]])


def test_two_places_of_one_track_are_left_or_covered_together() -> None:
    found = Detections.of([[0, 0, 60, 100], [0, 40, 60, 100]], tracks=[7, 7])
    assert len(select(found, keep=[7])) == 0
    assert len(select(found, only=[7])) == 2


@pytest.mark.parametrize("kind", [PERSON, FACE, Kind.HEAD])
@pytest.mark.parametrize("chosen", [{"keep": [-1, 1]}, {"only": [2]}])
def test_what_has_no_number_is_always_covered(chosen: dict[str, list[int]], kind: Kind) -> None:
    found = Detections.of([[0, 0, 60, 100], [9, 9, 20, 20]], kinds=[PERSON, kind], tracks=[1, -1])
    assert select(found, **chosen).tracks.tolist() == [-1]


@pytest.mark.parametrize("chosen", [{"keep": [1]}, {"only": [1]}])
def test_a_failure_stays_a_failure(chosen: dict[str, list[int]]) -> None:
    assert select(Detections.failed("dark"), **chosen).failure == "dark"
    assert len(select(Detections.none(), **chosen)) == 0


def test_masks_stay_with_their_boxes() -> None:
    masks = tuple(np.full((2, 2), value, np.bool_) for value in (True, False))
    found = Detections.of([[0, 0, 1, 1], [5, 5, 6, 6]], tracks=[1, 2], masks=masks)
    assert select(found, keep=[1]).masks == (masks[1],)


@pytest.mark.parametrize("chosen", [{"keep": [7]}, {"only": [7]}])
def test_a_thing_belongs_to_nobody_in_whose_box_it_lies(chosen: dict[str, list[int]]) -> None:
    boxes = [[0, 0, 60, 100], [10, 50, 30, 60], [10, 70, 30, 80]]
    found = Detections.of(boxes, kinds=[PERSON, Kind.OBJECT, Kind.OBJECT], tracks=[7, 8, -1])
    covered = select(found, **chosen).tracks.tolist()
    assert covered == ([8, -1] if "keep" in chosen else [7, -1])


def test_a_thing_is_left_by_its_own_number() -> None:
    boxes = [[0, 0, 60, 100], [10, 50, 30, 60]]
    found = Detections.of(boxes, kinds=[PERSON, Kind.OBJECT], tracks=[7, 8])
    assert select(found, keep=[8]).tracks.tolist() == [7]
