"""Eight cells by eight, of previews alone."""

import io

import numpy as np
import pytest
from PIL import Image

from passerby import anonymize
from passerby.anonymization.preview import close_up, preview
from passerby.errors import PrivacyError
from passerby.sinks.thumbnails import thumbnail
from passerby.types import Frame


def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (64, 48, 3)).astype(np.uint8)


def test_a_thumbnail_holds_the_means_of_the_cells() -> None:
    image = picture()
    shown = np.asarray(Image.open(io.BytesIO(thumbnail(preview(Frame(image))))))
    assert shown.shape == (8, 8, 3)
    for row in range(8):
        for column in range(8):
            cell = image[8 * row : 8 * row + 8, 6 * column : 6 * column + 6]
            mean = cell.reshape(-1, 3).mean(axis=0)[::-1]
            assert np.abs(shown[row, column] - mean).max() <= 1


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (200, 5)])
def test_a_picture_of_any_size_has_one(size: tuple[int, int]) -> None:
    image = np.full((*size, 3), 70, np.uint8)
    shown = np.asarray(Image.open(io.BytesIO(thumbnail(preview(Frame(image))))))
    assert (shown == 70).all()


def test_a_close_up_is_a_preview_of_a_part() -> None:
    image = np.zeros((64, 48, 3), np.uint8)
    image[16:32, 8:24] = 200
    covered = anonymize(image, regions="top")
    assert (close_up(covered, (8, 16, 24, 32)).image == 200).all()
    thumbnail(close_up(covered, (0, 0, 48, 64)))


def test_only_previews_are_taken() -> None:
    for frame in (anonymize(picture(), regions="top"), Frame(picture())):
        with pytest.raises(PrivacyError):
            thumbnail(frame)  # type: ignore[arg-type]
