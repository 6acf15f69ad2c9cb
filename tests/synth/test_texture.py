import numpy as np
import pytest

from passerby.synth.texture import GROUNDS, TILE_METRES, TILE_PIXELS, WALLS, sample

TEXTURES = {**GROUNDS, **WALLS}


@pytest.mark.parametrize("name", TEXTURES)
def test_tiles_are_pictures(name):
    tile = TEXTURES[name](np.random.default_rng(0))
    assert tile.shape == (TILE_PIXELS, TILE_PIXELS, 3)
    assert tile.dtype == np.float32
    assert 0 <= tile.min() < tile.max() <= 1


@pytest.mark.parametrize("name", GROUNDS)
def test_grounds_repeat_without_a_seam(name):
    tile = GROUNDS[name](np.random.default_rng(0)).mean(axis=2)
    across = np.abs(tile[:, 0] - tile[:, -1]).mean()
    inside = np.abs(np.diff(tile, axis=1)).mean(axis=0)
    assert across <= inside.max() * 1.5


def test_a_tile_is_found_again_one_tile_further():
    tile = GROUNDS["paving"](np.random.default_rng(0))
    u, v = np.random.default_rng(1).uniform(0, 4, (2, 5, 7))
    np.testing.assert_allclose(
        sample(tile, u, v), sample(tile, u + TILE_METRES, v - TILE_METRES), atol=0.05
    )
