"""What is hidden, and how much that counts."""

from pathlib import Path

import numpy as np
import pytest

from passerby.signatures.occlusion import occlusion_map


class OneSpot:
    """Describes a picture by its mean and by one small part of it."""

    name, path, pixels = "spot", Path("spot.onnx"), "bgr-255"
    size, batch = (64, 32), 8

    def describe(self, pictures: np.ndarray) -> np.ndarray:
        spot = pictures[:, 40:44, 8:12].astype(np.float32).mean(axis=(1, 2, 3))
        return np.stack([np.full_like(spot, 100), spot], axis=1)


def test_the_map_is_warm_where_the_network_looks_and_cold_elsewhere() -> None:
    image = np.zeros((64, 32, 3), np.uint8)
    image[40:44, 8:12] = 255
    heat = occlusion_map(OneSpot(), image, threads=1)
    assert heat.shape == (64, 32)
    assert heat.min() == 0
    warm = np.argwhere(heat > 0.99 * heat.max())
    assert (np.abs(warm.mean(axis=0) - (41.5, 9.5)) <= 4).all()
    assert heat[:24].max() == 0 == heat[:, 24:].max()


def test_the_map_is_in_degrees() -> None:
    """Every patch that touches the spot hides all of it: the signature turns by one angle."""
    image = np.full((64, 32, 3), 0, np.uint8)
    image[40:44, 8:12] = 100
    mean = round(100 * 16 / (64 * 32))
    heat = occlusion_map(OneSpot(), image, threads=1)
    wanted = 45 - np.degrees(np.arctan2(mean, 100))
    assert heat.max() == pytest.approx(wanted, rel=1e-4)


def test_a_network_that_sees_nothing_has_a_cold_map() -> None:
    class Blind(OneSpot):
        def describe(self, pictures: np.ndarray) -> np.ndarray:
            return np.zeros((len(pictures), 4), np.float32)

    image = np.random.default_rng(0).integers(0, 256, (10, 10, 3), np.uint8)
    assert occlusion_map(Blind(), image).max() == 0


@pytest.mark.parametrize("size", [(1, 1), (7, 3), (33, 17)])
def test_every_pixel_of_any_size_is_hidden_at_least_once(size: tuple[int, int]) -> None:
    class Counts(OneSpot):
        def describe(self, pictures: np.ndarray) -> np.ndarray:
            return pictures.reshape(len(pictures), -1).astype(np.float32) + 1

    describer = Counts()
    describer.size = size
    image = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    heat = occlusion_map(describer, image)
    assert heat.shape == size
    assert np.isfinite(heat).all()
