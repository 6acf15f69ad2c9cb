import numpy as np
import pytest

from passerby.errors import InputError
from passerby.evaluate.detection import ImageMatches, rank


def answer(scores: list[float], right: list[bool], wanted: int) -> ImageMatches:
    return ImageMatches(np.array(scores, np.float32), np.array(right, np.bool_), wanted)


def test_boxes_of_all_pictures_are_put_into_one_order() -> None:
    ranking = rank([answer([0.5, 0.25], [True, False], 3), answer([0.75, 0.5], [False, True], 1)])
    assert ranking.scores.tolist() == [0.75, 0.5, 0.5, 0.25]
    assert ranking.right.tolist() == [False, True, True, False]
    assert ranking.pictures.tolist() == [1, 0, 1, 0]
    assert ranking.wanted.tolist() == [3, 1]


def test_a_picture_without_boxes_is_a_picture() -> None:
    ranking = rank([answer([], [], 2), answer([0.5], [True], 1)])
    assert ranking.pictures.tolist() == [1]
    assert ranking.wanted.tolist() == [2, 1]


def test_no_pictures_are_refused() -> None:
    with pytest.raises(InputError, match="no pictures"):
        rank([])
