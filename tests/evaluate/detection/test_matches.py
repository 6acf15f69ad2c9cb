import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.detections import Detections
from passerby.errors import ConfigError, InputError
from passerby.evaluate.detection import match_detections

NOBODY = np.zeros((0, 4), np.float32)
PERSON = np.array([[0, 0, 10, 20]], np.float32)


def overlap_of(first, second) -> float:
    """Intersection over union, box by box."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    shared = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    return float(shared / (sum(areas) - shared))


def share_in(place, box) -> float:
    width = min(place[2], box[2]) - max(place[0], box[0])
    height = min(place[3], box[3]) - max(place[1], box[1])
    return float(max(width, 0) * max(height, 0) / ((box[2] - box[0]) * (box[3] - box[1])))


def judged_slowly(found, wanted, unknown, overlap) -> list[tuple[float, bool]]:
    """Score and rightness of each box that counts, as the definition has it."""
    free = list(range(len(wanted)))
    told = []
    for index in sorted(range(len(found)), key=lambda i: -found.scores[i]):
        box = found.boxes[index]
        near = [(overlap_of(box, wanted[other]), other) for other in free]
        best = max(near, default=(0.0, -1))
        if best[0] >= overlap:
            free.remove(best[1])
            told.append((float(found.scores[index]), True))
        elif all(share_in(place, box) < overlap for place in unknown):
            told.append((float(found.scores[index]), False))
    return told


@given(data=st.data(), overlap=st.sampled_from([0.3, 0.5, 1.0]))
def test_boxes_are_judged_as_a_slow_loop_does(small_sets, data, overlap):
    for picture in data.draw(small_sets):
        answer = match_detections(picture.found, picture.wanted, picture.unknown, overlap=overlap)
        told = list(zip(answer.scores.tolist(), answer.right.tolist(), strict=True))
        assert told == judged_slowly(picture.found, picture.wanted, picture.unknown, overlap)
        assert answer.wanted == len(picture.wanted)


def test_a_person_who_is_found_twice_is_found_once_by_the_better_box() -> None:
    found = Detections.of([[0, 0, 10, 20], [0, 0, 10, 19]], [0.4, 0.6])
    answer = match_detections(found, PERSON)
    assert answer.scores.tolist() == pytest.approx([0.6, 0.4])
    assert answer.right.tolist() == [True, False]


@pytest.mark.parametrize(("height", "right"), [(10, True), (9.99, False)])
def test_half_is_enough(height, right):
    assert match_detections(Detections.of([[0, 0, 10, height]]), PERSON).right.tolist() == [right]


def test_what_is_right_counts_even_in_an_unknown_place_and_what_is_not_does_not() -> None:
    place = np.array([[0, 0, 100, 100]], np.float32)
    found = Detections.of([[0, 0, 10, 20], [40, 0, 50, 20], [60, 0, 70, 20]], [0.9, 0.8, 0.7])
    assert match_detections(found, PERSON, place).right.tolist() == [True]


def test_no_more_than_the_hundred_best_boxes_of_a_picture_count() -> None:
    boxes = np.tile(np.array([[50, 50, 60, 60]], np.float32), (101, 1))
    boxes[100] = PERSON
    scores = np.linspace(1, 0.5, 101)
    assert not match_detections(Detections.of(boxes, scores), PERSON).right.any()
    assert match_detections(Detections.of(boxes[1:], scores[1:]), PERSON).right.tolist() == [
        False
    ] * 99 + [True]


def test_nothing_found_and_nothing_wanted() -> None:
    assert len(match_detections(Detections.none(), PERSON).right) == 0
    assert match_detections(Detections.none(), PERSON).wanted == 1
    assert match_detections(Detections.of(PERSON), NOBODY).right.tolist() == [False]
    assert match_detections(Detections.none(), NOBODY).wanted == 0


def test_a_box_without_an_area_is_wrong_and_no_error() -> None:
    assert match_detections(Detections.of([[5, 5, 5, 5]]), PERSON, PERSON).right.tolist() == [False]


@pytest.mark.parametrize("overlap", [0, -0.5, 1.01, float("nan")])
def test_an_overlap_out_of_range_is_refused(overlap):
    with pytest.raises(ConfigError, match="overlap must be above 0"):
        match_detections(Detections.none(), PERSON, overlap=overlap)


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(InputError, match="score is not a number"):
        match_detections(Detections.of(PERSON, [float("nan")]), PERSON)
