"""Our own decoding against a loop written from FCOS, section 3.1, and the network's description."""

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.models.decoders.passerby import decode

Found = tuple[Kind, float, list[float]]


def slow(distances: np.ndarray, scores: np.ndarray, height: int, width: int) -> list[Found]:
    found, number = [], 0
    for stride in (8, 16, 32):
        for row in range(height // stride):
            for column in range(width // stride):
                x, y = (column + 0.5) * stride, (row + 0.5) * stride
                for position, kind in enumerate((Kind.PERSON, Kind.HEAD)):
                    left, top, right, bottom = map(float, distances[number, position] * stride)
                    box = [x - left, y - top, x + right, y + bottom]
                    found.append((kind, float(scores[number, position]), box))
                number += 1
    return found


@pytest.mark.parametrize("threshold", [0, 0.7, 1])
@pytest.mark.parametrize(("height", "width"), [(64, 96), (32, 32), (96, 32)])
def test_persons_and_heads_are_those_of_the_slow_loop(
    height: int, width: int, threshold: float
) -> None:
    random = np.random.default_rng(1)
    cells = height * width * 21 // 1024
    distances = random.random((1, cells, 2, 4), np.float32) * 9
    scores = random.random((1, cells, 2), np.float32)
    found = decode([distances, scores], height, width, threshold)
    expected = [one for one in slow(distances[0], scores[0], height, width) if one[1] >= threshold]
    assert found.kinds.tolist() == [kind for kind, _, _ in expected]
    assert found.scores.tolist() == [score for _, score, _ in expected]
    boxes = np.reshape([box for _, _, box in expected], (-1, 4))
    np.testing.assert_allclose(found.boxes, boxes, rtol=1e-5, atol=1e-4)


def test_a_cell_may_hold_a_person_and_a_head() -> None:
    distances = np.zeros((1, 21, 2, 4), np.float32)
    distances[0, 0] = (1, 1, 2, 6), (0.5, 0.5, 0.5, 0.5)
    scores = np.zeros((1, 21, 2), np.float32)
    scores[0, 0] = 0.9, 0.8
    found = decode([distances, scores], 32, 32, 0.5)
    assert found.boxes.tolist() == [[-4, -4, 20, 52], [0, 0, 8, 8]]
    assert found.kinds.tolist() == [Kind.PERSON, Kind.HEAD]
