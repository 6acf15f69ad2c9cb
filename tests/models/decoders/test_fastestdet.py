"""FastestDet's decoding against a loop written from its own repository's definition."""

import math

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.models.decoders.fastestdet import decode, prepare


def slow(raw: np.ndarray, height: int, width: int) -> tuple[list[list[float]], list[float]]:
    _, rows, columns = raw.shape
    boxes, scores = [], []
    for row in range(rows):
        for column in range(columns):
            objectness, x, y, w, h, person = (float(value) for value in raw[:6, row, column])
            centre_x = (column + math.tanh(x)) / columns * width
            centre_y = (row + math.tanh(y)) / rows * height
            half_width = width / (1 + math.exp(-w)) / 2
            half_height = height / (1 + math.exp(-h)) / 2
            boxes.append(
                [
                    centre_x - half_width,
                    centre_y - half_height,
                    centre_x + half_width,
                    centre_y + half_height,
                ]
            )
            scores.append(objectness**0.6 * person**0.4)
    return boxes, scores


@pytest.mark.parametrize("threshold", [0, 0.5, 1])
@pytest.mark.parametrize(("rows", "columns"), [(3, 5), (1, 1)])
def test_persons_are_those_of_the_slow_loop(rows: int, columns: int, threshold: float) -> None:
    raw = np.random.default_rng(1).random((1, 85, rows, columns), np.float32)
    height, width = rows * 16, columns * 16
    found = decode([raw], height, width, threshold)
    boxes, scores = map(np.array, slow(raw[0], height, width))
    chosen = scores >= threshold
    np.testing.assert_allclose(found.boxes, boxes[chosen], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(found.scores, scores[chosen], rtol=1e-5)
    assert (found.kinds == Kind.PERSON).all()


def test_pixels_are_scaled_to_one() -> None:
    image = np.array([[[0, 255, 51]]], np.uint8)
    np.testing.assert_allclose(prepare(image)[0, :, 0, 0], [0, 1, 0.2], rtol=1e-6)
