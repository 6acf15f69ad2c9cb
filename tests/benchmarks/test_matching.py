import numpy as np
import pytest

from matching import found

WANTED = np.array([[0, 0, 10, 10], [20, 0, 30, 10]], np.float32)


@pytest.mark.parametrize(
    ("boxes", "hits"),
    [
        ([], 0),
        ([[0, 0, 10, 10]], 1),
        ([[0, 0, 10, 10], [0, 0, 10, 10]], 1),  # two boxes of one person
        ([[20, 0, 30, 10], [0, 0, 10, 10]], 2),
        ([[0, 0, 10, 5]], 1),  # half
        ([[0, 0, 10, 4.9]], 0),
        ([[40, 40, 50, 50]], 0),
    ],
)
def test_each_box_finds_one(boxes: list[list[float]], hits: int) -> None:
    assert found(WANTED, np.array(boxes, np.float32).reshape(-1, 4)) == hits


def test_a_box_that_fits_two_is_given_so_that_most_are_found() -> None:
    wanted = np.array([[0, 0, 10, 10], [0, 0, 10, 14]], np.float32)
    boxes = np.array([[0, 0, 10, 12], [0, 0, 10, 6]], np.float32)  # the second fits the first only
    assert found(wanted, boxes) == 2
