"""Heads that a closer look adds, and those that it must not."""

import numpy as np
import pytest

from passerby.detections import Detections, Kind
from passerby.train.detector import closer
from passerby.train.detector.closer import CloserLook
from passerby.train.detector.example import LabelledScene, Labels

WIDTH, HEIGHT = 100, 120
PERSON = (20, 20, 50, 110)
HEAD = (28, 22, 42, 40)


@pytest.fixture
def look(monkeypatch):
    """Add what a network says of a picture and of its mirror image, each a list of (box, score)."""

    def added(labels, seen, mirrored=None):
        answers = [seen, seen if mirrored is None else mirrored]

        def detector(network, threshold, size):
            assert network == "mine"
            assert size == 2 * HEIGHT

            def detect(image):
                flipped = image[0, 0, 0] == 0
                said = answers[int(flipped)]
                boxes = np.array([box for box, _ in said], np.float32).reshape(-1, 4)
                if flipped:
                    boxes[:, [0, 2]] = WIDTH - boxes[:, [2, 0]]
                return Detections.of(boxes, [score for _, score in said], Kind.HEAD)

            return detect

        monkeypatch.setattr(closer, "DetectionNetwork", lambda model, opening: model)
        monkeypatch.setattr(closer, "PeopleDetector", detector)
        image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        image[:, 0] = 255
        return CloserLook("mine")(LabelledScene(image, labels)).labels

    return added


def test_a_head_on_a_marked_person_becomes_a_label(look):
    labels = look(Labels.of([PERSON]), [(HEAD, 0.7)])
    assert labels.of_kind(Kind.PERSON).tolist() == [list(PERSON)]
    assert labels.of_kind(Kind.HEAD).tolist() == [list(HEAD)]


def test_the_box_and_the_score_are_means_of_both_looks(look):
    moved = (HEAD[0] + 2, *HEAD[1:])
    labels = look(Labels.of([PERSON]), [(HEAD, 0.4)], [(moved, 0.7)])
    assert labels.of_kind(Kind.HEAD).tolist() == [[HEAD[0] + 1, *HEAD[1:]]]


@pytest.mark.parametrize(
    ("seen", "mirrored"),
    [
        ([(HEAD, 0.45)], None),  # too unsure
        ([(HEAD, 0.7)], []),  # seen from one side only
        ([(HEAD, 0.7)], [((60, 60, 74, 78), 0.9)]),  # elsewhere from the other side
        ([((70, 30, 84, 48), 0.9)], None),  # away from everybody: a clock
        ([((28, 70, 42, 88), 0.9)], None),  # on the legs: a knee
        ([], None),
    ],
)
def test_what_is_no_sure_head_of_a_marked_person_changes_nothing(look, seen, mirrored):
    before = Labels.of([PERSON]).doubted([PERSON], Kind.HEAD)
    labels = look(before, seen, mirrored)
    assert labels.boxes.tolist() == before.boxes.tolist()
    assert labels.unknown.tolist() == before.unknown.tolist()


def test_a_head_that_is_marked_is_not_marked_twice(look):
    labels = look(Labels.of([PERSON], [HEAD]), [((27, 22, 43, 41), 0.9)])
    assert labels.of_kind(Kind.HEAD).tolist() == [list(HEAD)]


def test_where_nobody_is_marked_nobody_looks(look):
    labels = look(Labels.of([], [HEAD]), [((60, 22, 74, 40), 0.9)])
    assert labels.of_kind(Kind.HEAD).tolist() == [list(HEAD)]
