"""RTMDet's boxes are taken as they are; which ones, by a slow loop."""

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.models.classes import Wanted
from passerby.models.decoders.rtmdet import decode


@pytest.mark.parametrize("threshold", [0, 0.8, 1])
def test_boxes_are_those_of_a_slow_loop(threshold: float) -> None:
    rng = np.random.default_rng(1)
    boxes = rng.normal(0, 300, (1, 84, 4)).astype(np.float32)
    scores = rng.random((1, 84, 3), np.float32)
    found = decode([boxes, scores], 64, 64, threshold, Wanted.of((2, Kind.OBJECT)))
    chosen = [cell for cell in range(84) if scores[0, cell, 2] >= threshold]
    assert found.boxes.tolist() == [boxes[0, cell].tolist() for cell in chosen]
    assert found.scores.tolist() == [float(scores[0, cell, 2]) for cell in chosen]
    assert set(found.kinds.tolist()) <= {Kind.OBJECT}
