"""YOLOv8's decoding against a slow loop over what its exports put out."""

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.models.classes import Wanted
from passerby.models.decoders import DECODERS
from passerby.models.decoders.yolov8 import decode

WANTED = Wanted.of((1, Kind.PERSON), (2, Kind.OBJECT))


@pytest.mark.parametrize("threshold", [0, 0.7, 1])
@pytest.mark.parametrize("shares", [False, True])
@pytest.mark.parametrize(("height", "width"), [(64, 96), (32, 32)])
def test_boxes_are_those_of_a_slow_loop(
    height: int, width: int, threshold: float, shares: bool
) -> None:
    count = height * width * 21 // 1024
    raw = np.random.default_rng(1).random((1, 7, count), np.float32)
    if not shares:
        raw[0, :4] *= np.array([width, height, width, height])[:, None]
    found = decode([raw], height, width, threshold, WANTED)
    scale_x, scale_y = (width, height) if shares else (1, 1)
    boxes, scores, kinds = [], [], []
    for column, kind in ((1, Kind.PERSON), (2, Kind.OBJECT)):
        for cell in range(count):
            x, y, w, h = (float(value) for value in raw[0, :4, cell])
            score = float(raw[0, 4 + column, cell])
            if score >= threshold:
                left, right = (x - w / 2) * scale_x, (x + w / 2) * scale_x
                boxes.append([left, (y - h / 2) * scale_y, right, (y + h / 2) * scale_y])
                scores.append(score)
                kinds.append(kind)
    np.testing.assert_allclose(found.boxes, np.reshape(boxes, (-1, 4)), rtol=1e-4, atol=1e-3)
    assert found.scores.tolist() == scores
    assert found.kinds.tolist() == kinds


@pytest.mark.parametrize("strides", [(8, 16, 32), (8, 16, 32, 64), (4, 8, 16, 32)])
def test_networks_for_large_pictures_and_for_small_things_have_other_strides(
    strides: tuple[int, ...],
) -> None:
    count = sum((640 // stride) ** 2 for stride in strides)
    assert DECODERS["yolov8"].classes([(1, 6, count)], 640, 640) == 2
    assert DECODERS["yolov5"].classes([(1, 3 * count, 7)], 640, 640) == 2
