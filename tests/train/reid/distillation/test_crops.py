"""People cut out of photographs."""

import cv2
import numpy as np
import pytest

from passerby.errors import InputError
from passerby.train.detector.collections import COLLECTIONS
from passerby.train.reid.distillation.crops import crops_of, whole

LUIZ = COLLECTIONS["luiz"]


def test_a_person_is_cut_out_with_surroundings_and_the_last_seventh_is_held_out(photographs):
    told = []
    crops = crops_of([LUIZ], photographs, lambda *progress: told.append(progress))
    assert len(crops) == 12
    assert told == [(number, 12) for number in range(1, 13)]
    # The box is 60, 20, 100, 100; 15 % of 40 and of 80 pixels are kept around it.
    first = crops[0]
    assert first.image.shape == (104, 52, 3)
    assert first.box == pytest.approx((6, 12, 46, 92), abs=0.01)
    picture = cv2.imread(str(photographs / LUIZ.folder / "images/00.jpg"))
    assert np.array_equal(first.image, picture[8:112, 54:106])


def test_who_is_tall_is_kept_smaller_and_who_is_small_or_sits_is_left_out(photographs):
    folder = photographs / LUIZ.folder
    image = np.random.default_rng(0).integers(0, 256, (1024, 600, 3), np.uint8)
    cv2.imwrite(str(folder / "images/00.jpg"), image)
    tall, low, narrow = "0 0.5 0.5 0.4 0.5", "0 0.1 0.1 0.03 0.046", "0 0.8 0.8 0.02 0.1"
    sitting = "0 0.5 0.5 0.4 0.37"
    (folder / "labels/00.txt").write_text("\n".join([tall, low, narrow, sitting]))
    (folder / "labels/01.txt").write_text("")
    crops = crops_of([LUIZ], photographs)
    assert len(crops) == 11
    left, top, right, bottom = crops[0].box
    assert (right - left, bottom - top) == pytest.approx((120, 256), abs=0.01)
    assert crops[0].image.shape == (333, 156, 3)


def test_a_box_at_the_edge_of_a_picture_stays_inside(photographs):
    folder = photographs / LUIZ.folder
    (folder / "labels/00.txt").write_text("0 0.1 0.75 0.2 0.5\n")
    first = crops_of([LUIZ], photographs)[0]
    assert first.image.shape == (69, 37, 3)
    assert first.box == pytest.approx((0, 9, 32, 69), abs=0.01)


def test_a_whole_image_is_its_own_box():
    image = np.zeros((30, 10, 3), np.uint8)
    assert whole(image).box == (0, 0, 10, 30)
    assert whole(image).image is image


def test_a_collection_without_pictures_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no pictures"):
        crops_of([LUIZ], tmp_path)
