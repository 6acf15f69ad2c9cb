import re

import numpy as np
import pytest

from passerby.synth.camera import raised
from passerby.synth.market import crop, crop_name
from passerby.synth.people import World

NAME = re.compile(r"\d{4}_c[1-9]s\d_\d{6}_\d\d\.jpg")


@pytest.mark.parametrize("numbers", [(1, 1, 1, 1), (1501, 6, 123456, 12)])
def test_names_follow_the_layout(numbers):
    assert NAME.fullmatch(crop_name(*numbers))


def test_a_crop_shows_the_person_and_little_else():
    world = World.random(4, 1, obstacles=0, half=(0.5, 0.5))
    camera = raised(np.zeros(2), 1.0, 5.0, name="camera-1", size=(640, 360))
    (shot,) = world.shots(camera, world.moments(1), rate=25)
    (seen,) = shot.sightings
    image = crop(shot, seen).picture.pixels
    assert image.shape == (128, 64, 3)
    left, top, right, bottom = seen.visible_box
    middle = shot.image[top:bottom, left:right].mean(axis=(0, 1))
    np.testing.assert_allclose(image.mean(axis=(0, 1)), middle, atol=15)


def test_a_crop_at_the_rim_is_cut_off_there():
    world = World.random(4, 12, half=(4, 4))
    camera = raised(np.zeros(2), 1.0, 4.0, name="camera-1", size=(640, 360))
    shots = list(world.shots(camera, world.moments(3), rate=25))
    rim = [(s, seen) for s in shots for seen in s.sightings if seen.box[0] < 0 or seen.box[3] > 360]
    assert rim
    assert all(crop(shot, seen).picture.pixels.shape == (128, 64, 3) for shot, seen in rim)


def test_the_truth_is_cut_out_with_the_crop():
    world = World.random(4, 1, obstacles=0, half=(0.5, 0.5))
    camera = raised(np.zeros(2), 1.0, 5.0, name="camera-1", size=(640, 360))
    (shot,) = world.shots(camera, world.moments(1), rate=25)
    (seen,) = shot.sightings
    found = crop(shot, seen)
    share = seen.shape.sum() / np.prod(seen.shape.shape)
    rows, columns = np.flatnonzero(found.person.any(1)), np.flatnonzero(found.person.any(0))
    box = found.person[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert box.mean() == pytest.approx(share, abs=0.05)
    left, top, right, bottom = found.head_box
    assert rows[0] - 2 <= top < bottom < 0.3 * 128
    head = found.person[int(top) : int(bottom) + 1, int(left) : int(right) + 1]
    assert head.mean() > 0.5
