"""NanoDet's decoding against a loop written from the Generalized Focal Loss paper, section 3.2."""

import math

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.models.decoders.nanodet import decode, prepare

BINS = 8


def slow(
    scores: list[np.ndarray], distributions: list[np.ndarray], height: int, width: int
) -> tuple[list[list[float]], list[float]]:
    boxes, persons = [], []
    for stride, score, logits in zip((8, 16, 32), scores, distributions, strict=True):
        number = 0
        for row in range(height // stride):
            for column in range(width // stride):
                distances = []
                for side in range(4):
                    powers = [math.exp(x) for x in logits[0, number, side * BINS :][:BINS]]
                    mean = sum(i * power for i, power in enumerate(powers)) / sum(powers)
                    distances.append(mean * stride)
                x, y = column * stride + (stride - 1) / 2, row * stride + (stride - 1) / 2
                left, top, right, bottom = distances
                boxes.append([x - left, y - top, x + right, y + bottom])
                persons.append(float(score[0, number, 0]))
                number += 1
    return boxes, persons


@pytest.mark.parametrize("threshold", [0, 0.5, 1])
@pytest.mark.parametrize(("height", "width"), [(64, 96), (32, 32)])
def test_persons_are_those_of_the_slow_loop(height: int, width: int, threshold: float) -> None:
    random = np.random.default_rng(1)
    cells = [height * width // stride**2 for stride in (8, 16, 32)]
    outputs = [random.random((1, count, 80), np.float32) for count in cells]
    distributions = [
        random.normal(0, 2, (1, count, 4 * BINS)).astype(np.float32) for count in cells
    ]
    found = decode([*outputs, *distributions], height, width, threshold)
    boxes, scores = map(np.array, slow(outputs, distributions, height, width))
    chosen = scores >= threshold
    np.testing.assert_allclose(found.boxes, boxes[chosen], rtol=1e-4, atol=1e-3)
    np.testing.assert_array_equal(found.scores, scores[chosen].astype(np.float32))
    assert (found.kinds == Kind.PERSON).all()


def test_pixels_are_normalised_a_channel_each() -> None:
    image = np.array([[[0, 255, 100]]], np.uint8)
    expected = [(0 - 103.53) / 57.375, (255 - 116.28) / 57.12, (100 - 123.675) / 58.395]
    np.testing.assert_allclose(prepare(image)[0, :, 0, 0], expected, rtol=1e-6)
