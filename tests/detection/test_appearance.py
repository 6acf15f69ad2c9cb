"""Whoever can be seen in a picture on some ground is found."""

import numpy as np
import pytest

from passerby.detection.appearance import detect_shown
from passerby.detections import Detections, Kind
from passerby.types import Frame, Image

WIDTH, HEIGHT = 40, 30
PLACE = slice(5, 15), slice(8, 20)
BOX = [8, 5, 20, 15]


def contrast(image: Image) -> Detections:
    """A detector that finds what differs from the upper left pixel, and how much by its score."""
    differs = (image != image[0, 0]).any(axis=2)
    if not differs.any():
        return Detections.none()
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    score = np.abs(image.astype(int) - image[0, 0]).max() / 255
    box = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
    return Detections.of([box], [score], kinds=Kind.HEAD)


def frame(colour: int, shape: int, ground: tuple[int, int]) -> Frame:
    """A shape of one colour and opacity before a ground of another."""
    image = np.full((HEIGHT, WIDTH, 3), ground[0], np.uint8)
    alpha = np.full((HEIGHT, WIDTH), ground[1], np.uint8)
    image[PLACE], alpha[PLACE] = colour, shape
    return Frame(image, alpha=alpha)


@pytest.mark.parametrize(
    ("colour", "shape", "ground"),
    [
        (0, 255, (0, 128)),  # black ink: on white
        (255, 255, (255, 128)),  # white ink: on black
        (90, 200, (90, 20)),  # grey ink
        (200, 1, (90, 1)),  # seen by those who take no notice of opacity
        (200, 255, (90, 0)),  # a figure that was cut out
        (200, 255, (200, 0)),
    ],
)
def test_it_is_found_whatever_ground_it_takes(colour: int, shape: int, ground) -> None:
    found = detect_shown(contrast, frame(colour, shape, ground))
    assert found.boxes.tolist() == [BOX]
    assert found.kinds.tolist() == [Kind.HEAD]


def test_what_was_erased_is_not_looked_for() -> None:
    assert len(detect_shown(contrast, frame(200, 0, (90, 0)))) == 0


def test_the_surest_of_one_person_is_kept() -> None:
    found = detect_shown(contrast, frame(200, 255, (90, 100)))
    assert len(found) == 1
    assert found.scores[0] == pytest.approx((200 - 90 * 100 / 255) / 255, abs=0.005)  # on black


def test_an_opaque_frame_is_looked_at_once() -> None:
    seen: list[Image] = []

    def count(image: Image) -> Detections:
        seen.append(image)
        return Detections.none()

    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    detect_shown(count, Frame(picture))
    detect_shown(count, Frame(picture, alpha=np.full((HEIGHT, WIDTH), 255, np.uint8)))
    assert len(seen) == 2


def test_two_people_stay_two_and_kinds_stay_apart() -> None:
    def two(image: Image) -> Detections:
        boxes = [[0, 0, 9, 9], [20, 0, 29, 9], [0, 0, 9, 9]]
        return Detections.of(boxes, [0.9, 0.8, 0.7], [Kind.PERSON, Kind.PERSON, Kind.FACE])

    found = detect_shown(two, frame(200, 255, (90, 100)))
    assert sorted(zip(found.boxes[:, 0].tolist(), found.kinds.tolist(), strict=True)) == [
        (0, 0),
        (0, 2),
        (20, 0),
    ]


def test_one_failure_is_a_failure() -> None:
    def fails_on_white(image: Image) -> Detections:
        return Detections.failed("too bright") if image.max() == 255 else Detections.none()

    assert detect_shown(fails_on_white, frame(200, 200, (90, 0))).failure == "too bright"
