"""YOLOv5's decoding against a slow loop over what its exports put out."""

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.models.classes import Wanted
from passerby.models.decoders.yolov5 import decode

WANTED = Wanted.of((0, Kind.PERSON), (2, Kind.OBJECT))


def slow(
    raw: np.ndarray, width: float, height: float, threshold: float
) -> list[tuple[list[float], float, Kind]]:
    """All boxes; ``width`` and ``height`` are 1 where they are in pixels already."""
    found = []
    for row in raw:
        x, y, w, h, objectness = (float(value) for value in row[:5])
        for column, kind in ((0, Kind.PERSON), (2, Kind.OBJECT)):
            score = objectness * float(row[5 + column])
            if score >= threshold:
                left, right = (x - w / 2) * width, (x + w / 2) * width
                box = [left, (y - h / 2) * height, right, (y + h / 2) * height]
                found.append((box, score, kind))
    return found


@pytest.mark.parametrize("threshold", [0, 0.4, 1])
@pytest.mark.parametrize("shares", [False, True])
@pytest.mark.parametrize(("height", "width"), [(64, 96), (32, 32), (320, 32)])
def test_boxes_are_those_of_the_slow_loop(
    height: int, width: int, threshold: float, shares: bool
) -> None:
    count = 3 * height * width * 21 // 1024
    raw = np.random.default_rng(1).random((1, count, 8), np.float32)
    if not shares:
        raw[..., :4] *= (width, height, width, height)
    found = decode([raw], height, width, threshold, WANTED)
    sides = (width, height) if shares else (1, 1)
    expected = slow(raw[0], *sides, threshold)
    boxes = np.reshape([box for box, _, _ in expected], (-1, 4))
    np.testing.assert_allclose(found.boxes, boxes, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(found.scores, [score for _, score, _ in expected], rtol=1e-5)
    assert found.kinds.tolist() == [kind for _, _, kind in expected]


def test_pixels_and_shares_are_told_apart_by_all_cells_not_by_those_found() -> None:
    """Somebody in the corner has a small centre; the cells of the rest of the picture have not."""
    raw = np.zeros((1, 63, 6), np.float32)
    raw[0, :, 0] = np.linspace(0, 31, 63)
    raw[0, 0] = (1, 1, 2, 2, 1, 1)
    assert decode([raw], 32, 32, 0.5).boxes.tolist() == [[0, 0, 2, 2]]
    raw[0, 1:, 0] = 0.9
    assert decode([raw], 32, 32, 0.5).boxes.tolist() == [[0, 0, 64, 64]]


@pytest.mark.parametrize("axis", [0, 1])
def test_shares_of_another_size_than_the_pictures_are_no_boxes(axis: int) -> None:
    """A graph exported for 640 and run at 704 reaches to 1.1 times the side."""
    raw = np.full((1, 63, 6), 0.9, np.float32)
    assert np.isfinite(decode([raw], 704, 704, 0.5).boxes).all()
    raw[0, 3, axis] = 1.1
    assert np.isnan(decode([raw], 704, 704, 0.5).boxes).all()
