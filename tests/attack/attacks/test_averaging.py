from dataclasses import replace

import cv2
import numpy as np
import pytest

from passerby.attack.attack import Champions, Fitted, Strongest
from passerby.attack.attacks import ATTACKS
from passerby.attack.attacks.averaging import averaged, averaged_case

MIDDLE = np.s_[:, 8:-8, 8:-8]
"""Where no pixel has come in at a side."""


def test_clear_frames_average_to_the_clear_picture(crowd):
    few = crowd.take(np.arange(3))
    found = averaged(few, lambda people, _number: people.images, 5)
    np.testing.assert_array_equal(found[MIDDLE], few.images[MIDDLE])


def test_noise_shrinks_by_the_root_of_the_number_of_frames(crowd):
    few = crowd.take(np.arange(3))
    few = replace(few, images=np.full_like(few.images, 128))

    def noisy(people, number):
        noise = np.random.default_rng(number).normal(0, 20, people.images.shape)
        return np.rint(people.images + noise).astype(np.uint8)

    for frames in (4, 64):
        found = averaged(few, noisy, frames)
        assert found[MIDDLE].std() == pytest.approx(20 / frames**0.5, rel=0.1)


def test_many_frames_look_between_the_cells_of_a_fixed_grid(crowd):
    few = crowd.take(np.arange(4))

    def mosaic(people, _number):
        small = people.images.reshape(-1, 16, 8, 8, 8, 3).mean(axis=(2, 4))
        return np.rint(small.repeat(8, axis=1).repeat(8, axis=2)).astype(np.uint8)

    one, many = (averaged(few, mosaic, frames, seed=1) for frames in (1, 64))
    box = np.stack([cv2.blur(picture, (8, 8)) for picture in few.images])
    error = [np.abs(found[MIDDLE].astype(float) - box[MIDDLE]).mean() for found in (one, many)]
    assert error[1] < 0.7 * error[0]


def test_heads_move_with_the_people(crowd):
    few = crowd.take(np.arange(3))

    def marked(people, _number):
        made = np.zeros_like(people.images)
        for picture, (left, top, *_) in zip(made, people.heads.round().astype(int), strict=True):
            picture[top + 6, left + 6] = 255
        return made

    found = averaged(few, marked, 8)
    assert found.max(axis=(1, 2, 3)).tolist() == [255] * 3  # at the same place in each frame


def test_a_case_keeps_one_crop_of_each_person_by_each_camera(case_for):
    case = case_for(lambda picture: picture)
    found = averaged_case(case, lambda people, _number: people.images, 2)
    assert len(found.test.clear) == 10 * 3
    assert len(set(zip(found.test.clear.ids, found.test.clear.cameras, strict=True))) == 30


def test_outputs_alone_cannot_be_averaged(case_for):
    case = replace(case_for(lambda picture: picture), anonymize=None)
    best = Strongest("a", Fitted(case.describe, case.describe), "anonymized to clear")
    assert ATTACKS["averaging"].measure(case, Champions(best, best, best)) == []
