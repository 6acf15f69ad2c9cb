"""CenterNet's peaks against a slow loop over all neighbours."""

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.models.classes import Wanted
from passerby.models.decoders.centernet import decode

WANTED = Wanted.of((0, Kind.PERSON), (2, Kind.OBJECT))


@pytest.mark.parametrize("threshold", [0, 0.9])
@pytest.mark.parametrize(("rows", "columns"), [(8, 12), (1, 1), (1, 9)])
def test_boxes_are_those_of_a_slow_loop(rows: int, columns: int, threshold: float) -> None:
    rng = np.random.default_rng(1)
    sides = rng.random((1, rows, columns, 4), np.float32) * 50
    scores = rng.random((1, rows, columns, 3), np.float32)
    found = decode([sides, scores], 4 * rows, 4 * columns, threshold, WANTED)
    boxes, expected = [], []
    for channel, kind in ((0, Kind.PERSON), (2, Kind.OBJECT)):
        for row in range(rows):
            for column in range(columns):
                near = scores[0, max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
                score = float(scores[0, row, column, channel])
                if score < threshold or score < near[..., channel].max():
                    continue
                left, top, right, bottom = (float(value) for value in sides[0, row, column])
                x, y = 4 * column, 4 * row
                boxes.append([x - left, y - top, x + right, y + bottom])
                expected.append((score, kind))
    np.testing.assert_allclose(found.boxes, np.reshape(boxes, (-1, 4)), rtol=1e-5)
    assert list(zip(found.scores.tolist(), found.kinds.tolist(), strict=True)) == expected


def test_a_cell_that_is_no_number_hides_none_of_its_neighbours() -> None:
    scores = np.zeros((1, 3, 3, 1), np.float32)
    scores[0, 1, 1], scores[0, 1, 2] = 0.9, np.nan
    found = decode([np.ones((1, 3, 3, 4), np.float32), scores], 12, 12, 0.5)
    assert len(found) == 2
    assert np.isnan(found.scores).sum() == 1
