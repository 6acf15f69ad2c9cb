"""A list of boxes, cases made by hand."""

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.models.classes import Wanted
from passerby.models.decoders import DECODERS
from passerby.models.decoders.yolo_nms import decode

ROWS = np.array(
    [
        [[10, 20, 30, 40, 0.9, 0], [1, 2, 3, 4, 0.8, 2], [5, 5, 9, 9, 0.7, 1], [0, 0, 9, 9, 0.2, 0]]
        + [[0, 0, 0, 0, 0, 0]] * 296
    ],
    np.float32,
)


def test_persons_are_the_first_class_unless_said_otherwise() -> None:
    found = decode([ROWS], 640, 640, 0.5)
    assert found.boxes.tolist() == [[10, 20, 30, 40]]
    np.testing.assert_array_equal(found.scores, np.float32([0.9]))
    assert found.kinds.tolist() == [Kind.PERSON]


def test_boxes_of_the_wanted_classes_are_chosen_in_their_order() -> None:
    found = decode([ROWS], 640, 640, 0.1, Wanted.of((2, Kind.OBJECT), (0, Kind.PERSON)))
    assert found.boxes.tolist() == [[10, 20, 30, 40], [1, 2, 3, 4], [0, 0, 9, 9]]
    assert found.kinds.tolist() == [Kind.PERSON, Kind.OBJECT, Kind.PERSON]


@pytest.mark.parametrize("number", [0.5, np.nan])
def test_a_class_that_is_no_whole_number_makes_its_box_none(number: float) -> None:
    rows = ROWS.copy()
    rows[0, 2, 5] = number
    found = decode([rows], 640, 640, 0.5)
    assert np.isnan(found.scores).sum() == 1


@pytest.mark.parametrize("count", [8400, 3 * 8400, 34000])
def test_as_many_boxes_as_cells_are_no_list(count: int) -> None:
    assert DECODERS["yolo-nms"].classes([(1, count, 6)], 640, 640) is None


def test_a_list_without_boxes_is_nobody() -> None:
    assert len(decode([np.zeros((1, 0, 6), np.float32)], 640, 640, 0.1)) == 0
