"""YOLOX's decoding against a loop written from the paper's section 2.1."""

import math

import numpy as np
import pytest

from passerby.models.decoders.yolox import decode, prepare


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


@pytest.mark.parametrize(("height", "width", "classes"), [(64, 96, 80), (32, 32, 1), (96, 32, 3)])
def test_boxes_and_scores_are_those_of_the_slow_loop(height: int, width: int, classes: int) -> None:
    anchors = height * width * 21 // 1024
    raw = np.random.default_rng(1).random((1, anchors, 5 + classes), np.float32)
    boxes, scores = decode([raw], height, width)
    expected_boxes, expected_scores = slow(raw[0], height, width)
    np.testing.assert_allclose(boxes, expected_boxes, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(scores, expected_scores, rtol=1e-5)
    assert boxes.dtype == scores.dtype == np.float32


def test_pixels_are_fed_as_they_are() -> None:
    image = np.random.default_rng(1).integers(0, 256, (5, 7, 3), np.uint8)
    tensor = prepare(image)
    for row, column, channel in np.ndindex(5, 7, 3):
        assert tensor[0, channel, row, column] == image[row, column, channel]
