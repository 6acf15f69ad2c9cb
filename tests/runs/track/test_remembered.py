"""Pictures that are searched once."""

import numpy as np

from passerby.detections import Detections
from passerby.runs.track.remembered import Remembered


def test_the_same_picture_is_searched_once() -> None:
    asked: list[np.ndarray] = []

    def detector(image: np.ndarray) -> Detections:
        asked.append(image)
        return Detections.of([[0, 0, len(asked), 9]])

    remembered = Remembered(detector)
    image = np.random.default_rng(0).integers(0, 256, (12, 16, 3), np.uint8)
    other = image.copy()
    other[11, 15, 2] ^= 1
    found = [remembered(one).boxes[0, 2] for one in (image, other, image.copy(), image[:, ::-1])]
    assert found == [1, 2, 1, 3]
    assert len(asked) == 3
    assert remembered(image[:, ::-1].copy()).boxes[0, 2] == 3
