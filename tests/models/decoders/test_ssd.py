"""SSD's decoding, before and after its own suppression, against a slow loop."""

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.models.classes import Wanted
from passerby.models.decoders.ssd import decode

WANTED = Wanted.of((0, Kind.PERSON), (2, Kind.OBJECT))


@pytest.mark.parametrize("threshold", [0, 0.6, 1])
def test_boxes_are_those_of_a_slow_loop(threshold: float) -> None:
    rng = np.random.default_rng(1)
    shares, scores = rng.random((1, 50, 1, 4), np.float32), rng.random((1, 50, 4), np.float32)
    found = decode([shares, scores], 300, 400, threshold, WANTED)
    boxes, expected = [], []
    for anchor in range(50):
        top, left, bottom, right = (float(value) for value in shares[0, anchor, 0])
        for column, kind in ((0, Kind.PERSON), (2, Kind.OBJECT)):
            score = float(scores[0, anchor, column])
            if score >= threshold:
                boxes.append([left * 400, top * 300, right * 400, bottom * 300])
                expected.append((score, kind))
    np.testing.assert_allclose(found.boxes, np.reshape(boxes, (-1, 4)), rtol=1e-5)
    assert list(zip(found.scores.tolist(), found.kinds.tolist(), strict=True)) == expected


def test_numbers_of_classes_count_from_one_after_suppression() -> None:
    boxes = np.array([[[0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1], [0.5, 0.5, 1, 1]]], np.float32)
    scores = np.array([[0.9, 0.8, 0.1]], np.float32)
    classes = np.array([[1, 3, 1]], np.float32)
    found = decode([boxes, scores, classes], 100, 200, 0.5, WANTED)
    np.testing.assert_allclose(found.boxes, [[40, 10, 80, 30], [0, 0, 200, 100]], rtol=1e-6)
    assert found.kinds.tolist() == [Kind.PERSON, Kind.OBJECT]
