"""An image as coarse cells, which is all that is shown of people who could be compared."""

import numpy as np

from passerby.anonymization.preview import preview
from passerby.protection import CELLS
from passerby.types import Frame, require_preview, seal


def test_each_of_the_cells_has_its_mean_colour() -> None:
    image = np.random.default_rng(3).integers(0, 256, (128, 64, 3)).astype(np.uint8)
    shown = require_preview(preview(Frame(image))).image
    means = image.reshape(8, 16, 8, 8, 3).mean(axis=(1, 3))
    cells = shown.reshape(8, 16, 8, 8, 3)
    assert (cells == cells[:, :1, :, :1]).all()
    np.testing.assert_allclose(cells[:, 0, :, 0], means, atol=1)


def test_it_says_so_and_is_not_called_weak() -> None:
    frame = preview(Frame(np.zeros((20, 30, 3), np.uint8)))
    assert frame.protection == CELLS
    assert frame.protection.weakness is None


def test_an_anonymized_frame_is_reduced_to_cells_too() -> None:
    image = np.random.default_rng(3).integers(0, 256, (40, 24, 3)).astype(np.uint8)
    sealed = seal(Frame(image, index=7), image)
    shown = require_preview(preview(sealed))
    np.testing.assert_array_equal(shown.image, preview(Frame(image)).image)
    assert shown.index == 7
