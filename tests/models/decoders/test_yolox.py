"""YOLOX's decoding against a loop written from the paper's section 2.1."""

import math

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.models.decoders.yolox import decode


def slow(raw: np.ndarray, height: int, width: int) -> tuple[list[list[float]], list[float]]:
    boxes, scores, number = [], [], 0
    for stride in (8, 16, 32):
        for row in range(height // stride):
            for column in range(width // stride):
                x, y, w, h, objectness, person = (float(value) for value in raw[number, :6])
                centre_x, centre_y = (column + x) * stride, (row + y) * stride
                half_width, half_height = math.exp(w) * stride / 2, math.exp(h) * stride / 2
                boxes.append(
                    [
                        centre_x - half_width,
                        centre_y - half_height,
                        centre_x + half_width,
                        centre_y + half_height,
                    ]
                )
                scores.append(objectness * person)
                number += 1
    return boxes, scores


@pytest.mark.parametrize("threshold", [0, 0.2, 1])
@pytest.mark.parametrize(("height", "width", "classes"), [(64, 96, 80), (32, 32, 1), (96, 32, 3)])
def test_persons_are_those_of_the_slow_loop(
    height: int, width: int, classes: int, threshold: float
) -> None:
    anchors = height * width * 21 // 1024
    raw = np.random.default_rng(1).random((1, anchors, 5 + classes), np.float32)
    found = decode([raw], height, width, threshold)
    boxes, scores = map(np.array, slow(raw[0], height, width))
    chosen = scores >= threshold
    np.testing.assert_allclose(found.boxes, boxes[chosen], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(found.scores, scores[chosen], rtol=1e-5)
    assert (found.kinds == Kind.PERSON).all()
