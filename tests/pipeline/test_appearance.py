"""People described without their heads."""

from pathlib import Path

import numpy as np
import pytest

from passerby.pipeline.appearance import signature_appearance


class MeanColour:
    """Describes a picture by its mean colour; remembers what it was given."""

    name, path, pixels, size, batch = "mean", Path("mean.onnx"), "rgb-imagenet", (16, 8), 8

    def __init__(self) -> None:
        self.given = np.zeros((0, 16, 8, 3), np.uint8)

    def describe(self, pictures: np.ndarray) -> np.ndarray:
        self.given = pictures
        return pictures.mean(axis=(1, 2)).astype(np.float32)


@pytest.fixture
def scene() -> np.ndarray:
    """Somebody in blue at the left, with a white head, and somebody in red at the right."""
    image = np.zeros((100, 100, 3), np.uint8)
    image[10:30, 10:30] = 255
    image[30:90, 10:30, 0] = 200
    image[10:90, 60:80, 2] = 100
    return image


def test_features_have_length_1_and_are_those_of_the_describer(scene: np.ndarray) -> None:
    boxes = np.array([[10, 10, 30, 90], [60, 10, 80, 90]], np.float32)
    found = signature_appearance(MeanColour()).describe(scene, boxes)
    np.testing.assert_allclose(found, [[1, 0, 0], [0, 0, 1]], atol=1e-6)


def test_the_head_is_black_before_anything_is_described(scene: np.ndarray) -> None:
    describer = MeanColour()
    before = scene.copy()
    signature_appearance(describer).describe(scene, np.array([[10, 10, 30, 90]], np.float32))
    assert describer.given[0, :4].max() == 0
    assert describer.given[0, 5:].min(axis=(0, 1))[0] == 200
    np.testing.assert_array_equal(scene, before)


def test_who_is_outside_the_picture_looks_like_nobody(scene: np.ndarray) -> None:
    boxes = np.array([[-30, 0, -10, 50], [10, 10, 30, 90]], np.float32)
    found = signature_appearance(MeanColour()).describe(scene, boxes)
    np.testing.assert_allclose(found, [[0, 0, 0], [1, 0, 0]], atol=1e-6)
    assert len(signature_appearance(MeanColour()).describe(scene, boxes[:0])) == 0
