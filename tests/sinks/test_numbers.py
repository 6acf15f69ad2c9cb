"""Boxes and numbers drawn over frames."""

import numpy as np
import pytest

from passerby.detections import Detections
from passerby.sinks.numbers import with_numbers
from passerby.track_colours import track_colour

SIZE = 90, 120
WALL = np.full((*SIZE, 3), 60, np.uint8)


def changed(drawn: np.ndarray) -> np.ndarray:
    return (drawn != WALL).any(axis=2)


def test_the_box_has_the_colour_of_its_track() -> None:
    people = Detections.of([[40, 30, 60, 80]], tracks=[7])
    drawn = with_numbers(WALL, people)
    for row, column in ((30, 50), (79, 50), (55, 40), (55, 59)):
        assert tuple(drawn[row, column].tolist()) == track_colour(7)
    assert not changed(drawn)[32:78, 42:58].any()  # what is inside stays to be seen
    assert (WALL == 60).all()


def test_the_number_stands_above_the_box() -> None:
    drawn = with_numbers(WALL, Detections.of([[40, 40, 60, 80]], tracks=[12]))
    label = drawn[24:40, 40:60]
    field = (label == track_colour(12)).all(axis=2)
    assert field.mean() > 0.3
    assert (label.max(axis=2) < 60).any()  # dark letters
    other = with_numbers(WALL, Detections.of([[40, 40, 60, 80]], tracks=[13]))
    assert (other[24:40] != drawn[24:40]).any()


@pytest.mark.parametrize(
    "box",
    [[-30, -40, 8, 20], [100, 2, 150, 60], [50, 80, 70, 200], [-500, -500, -400, -400]],
    ids=["top left", "right", "bottom", "far out"],
)
def test_numbers_stay_inside_the_frame(box: list[float]) -> None:
    drawn = with_numbers(WALL, Detections.of([box], tracks=[123456]))
    assert drawn.shape == WALL.shape
    colours = (drawn == track_colour(123456)).all(axis=2)
    assert colours.sum() > 40


def test_who_has_no_number_is_left_out() -> None:
    people = Detections.of([[40, 30, 60, 80], [5, 30, 25, 80]], tracks=[-1, 3])
    drawn = changed(with_numbers(WALL, people))
    assert not drawn[:, 40:].any()
    assert drawn[:, :40].any()
    assert not changed(with_numbers(WALL, Detections.none())).any()
