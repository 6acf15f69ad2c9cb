"""PicoDet's decoding against a slow loop: as NanoDet's, but for a fourth stride and the middles."""

import math

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.models.classes import Wanted
from passerby.models.decoders.picodet import decode

BINS = 8
WANTED = Wanted.of((0, Kind.PERSON), (1, Kind.OBJECT))


def slow(
    scores: list[np.ndarray], distributions: list[np.ndarray], height: int, width: int
) -> list[tuple[list[float], float, Kind]]:
    found = []
    for stride, score, logits in zip((8, 16, 32, 64), scores, distributions, strict=True):
        number = 0
        for row in range(math.ceil(height / stride)):
            for column in range(math.ceil(width / stride)):
                sides = []
                for side in range(4):
                    powers = [math.exp(x) for x in logits[0, number, side * BINS :][:BINS]]
                    mean = sum(i * power for i, power in enumerate(powers)) / sum(powers)
                    sides.append(mean * stride)
                x, y = (column + 0.5) * stride, (row + 0.5) * stride
                box = [x - sides[0], y - sides[1], x + sides[2], y + sides[3]]
                for position, kind in enumerate((Kind.PERSON, Kind.OBJECT)):
                    found.append((box, float(score[0, number, position]), kind))
                number += 1
    return found


@pytest.mark.parametrize("threshold", [0, 0.5, 1])
@pytest.mark.parametrize(("height", "width"), [(64, 96), (32, 32), (416, 32)])
def test_boxes_are_those_of_the_slow_loop(height: int, width: int, threshold: float) -> None:
    random = np.random.default_rng(1)
    cells = [math.ceil(height / s) * math.ceil(width / s) for s in (8, 16, 32, 64)]
    scores = [random.random((1, count, 3), np.float32) for count in cells]
    distributions = [
        random.normal(0, 2, (1, count, 4 * BINS)).astype(np.float32) for count in cells
    ]
    found = decode([*scores, *distributions], height, width, threshold, WANTED)
    every = slow(scores, distributions, height, width)
    expected = [one for one in every if one[1] >= threshold]
    boxes = np.reshape([box for box, _, _ in expected], (-1, 4))
    np.testing.assert_allclose(found.boxes, boxes, rtol=1e-4, atol=1e-3)
    assert found.scores.tolist() == [score for _, score, _ in expected]
    assert found.kinds.tolist() == [kind for _, _, kind in expected]
