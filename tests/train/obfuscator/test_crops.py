"""Crops hold the person aimed at, and pixels, marks and boxes belong together."""

import numpy as np
import pytest

from passerby.train.obfuscator.crops import (
    AIMED_AT_NOBODY,
    HEIGHT,
    WIDTH,
    ClearFrame,
    cut_anywhere,
    cut_views,
)

RED = (0, 0, 250)
"""BGR."""


def frame(boxes, size=(300, 400)):
    """A grey frame with red people."""
    image = np.full((*size, 3), 90, np.uint8)
    people = np.zeros(size, np.bool_)
    for x0, y0, x1, y1 in boxes:
        image[y0:y1, x0:x1] = RED
        people[y0:y1, x0:x1] = True
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    return ClearFrame(image, np.full_like(image, 90), boxes, people, np.arange(len(boxes)))


def cut(frame, seed=0, **options):
    return list(cut_views(frame, np.random.default_rng(seed), **options))


@pytest.mark.parametrize("seed", range(8))
def test_pixels_marks_and_boxes_agree(seed):
    for crop in cut(frame([(40, 60, 80, 190), (300, 150, 340, 280)]), seed)[0]:
        assert crop.image.shape == (HEIGHT, WIDTH, 3)
        red = crop.image[:, :, 0].astype(int) > crop.image[:, :, 1] + 80.0
        assert (red == crop.people).mean() > 0.97
        inside = np.zeros_like(red)
        for x0, y0, x1, y1 in crop.boxes.round().astype(int):
            inside[y0:y1, x0:x1] = True
        assert (inside == crop.people).mean() > 0.95
        assert np.abs(crop.mean.astype(int) - 90).max() <= 1


def test_the_person_aimed_at_is_one_of_the_boxes():
    for crop in cut(frame([(40, 60, 80, 190), (90, 60, 130, 190)]), 3)[0]:
        assert (crop.boxes == crop.box).all(axis=1).any()
        assert (crop.box >= 0).all()
        assert (crop.box <= (WIDTH, HEIGHT, WIDTH, HEIGHT)).all()


def test_each_person_is_seen_in_views_that_differ():
    (first, second), _ = cut(frame([(40, 60, 80, 190), (300, 150, 340, 280)]))
    assert first.identity == second.identity
    assert not np.array_equal(first.image, second.image)


def test_no_more_people_than_asked_for_and_none_who_are_tiny():
    crowd = frame([(10 * k, 50, 10 * k + 8, 90) for k in range(9)] + [(200, 50, 203, 60)])
    found = cut(crowd, people=4, views=1)
    assert len(found) == 4
    assert 9 not in {views[0].identity for views in found}


def test_frames_smaller_than_a_crop_are_enlarged():
    (views,) = cut(frame([(5, 5, 20, 55)], size=(60, 70)))
    assert all(crop.image.shape == (HEIGHT, WIDTH, 3) for crop in views)
    assert all(crop.people.any() for crop in views)


def test_people_larger_than_the_crop_fill_it():
    (views,) = cut(frame([(0, 0, 400, 300)]))
    assert all(crop.people.mean() > 0.9 for crop in views)


def test_the_same_seed_cuts_the_same():
    one, other = (cut(frame([(40, 60, 80, 190)]), 5)[0] for _ in range(2))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(one, other, strict=True))


def test_nobody_no_crop():
    assert cut(frame([])) == []


@pytest.mark.parametrize("size", [(300, 400), (60, 70), (96, 160), (1000, 200)])
def test_windows_are_of_all_sizes_and_places_and_aimed_at_nobody(size):
    height, width = size
    person = (width // 4, height // 4, width // 2, height // 2)
    seen = frame([person], size)
    windows = list(cut_anywhere(seen, np.random.default_rng(0), windows=60))
    assert len(windows) == 60
    for crop in windows:
        assert crop.image.shape == (HEIGHT, WIDTH, 3)
        assert crop.identity == AIMED_AT_NOBODY
        red = crop.image[:, :, 0].astype(int) > crop.image[:, :, 1] + 80.0
        assert (red == crop.people).mean() > 0.95
        assert len(crop.boxes) <= 1
    shares = np.array([crop.people.mean() for crop in windows])
    assert shares.max() > 0.05
    if min(height / HEIGHT, width / WIDTH) > 2:
        assert (shares == 0).any()


def test_no_windows_where_none_are_asked_for():
    assert list(cut_anywhere(frame([]), np.random.default_rng(0), windows=0)) == []
