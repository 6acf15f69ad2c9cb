"""What stands where nothing is known."""

import numpy as np
import pytest
from skimage import filters

from passerby.errors import InputError
from passerby.evaluate.similarity import MeanImage, heavy_blur


def test_the_mean_is_that_of_all_frames() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (7, 5, 4, 3)).astype(np.uint8)
    mean = MeanImage()
    for frame in frames:
        mean.add(frame)
    np.testing.assert_allclose(mean.pixels, frames.mean(axis=0))
    np.testing.assert_array_equal(mean.picture, frames.mean(axis=0).round())
    assert mean.picture.dtype == np.uint8


def test_frames_of_other_sizes_and_none_are_refused() -> None:
    mean = MeanImage()
    with pytest.raises(InputError, match="there are no frames"):
        _ = mean.pixels
    mean.add(np.zeros((4, 5, 3), np.uint8))
    with pytest.raises(InputError, match=r"\(4, 6, 3\), those before it \(4, 5, 3\)"):
        mean.add(np.zeros((4, 6, 3), np.uint8))


def test_a_heavy_blur_is_a_gaussian_of_a_sixteenth_of_the_shorter_side() -> None:
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[20:40, 30:70] = 250
    expected = filters.gaussian(
        picture.astype(float), sigma=(4, 4, 0), mode="mirror", truncate=4, preserve_range=True
    )
    difference = heavy_blur(picture) - expected
    assert np.abs(difference).max() < 3
    assert picture[20, 30, 0] == 250  # the frame itself is as it was
