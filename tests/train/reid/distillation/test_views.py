"""Views: what teachers see, and what the small network sees of it."""

import numpy as np
import pytest

from passerby.train.reid.distillation.crops import PersonCrop, whole
from passerby.train.reid.distillation.views import disguised, head_covered, recombined, seen

SIZE = 64, 32


def generators(count=60):
    return [np.random.default_rng([7, number]) for number in range(count)]


def a_view(seed=0):
    return np.random.default_rng(seed).integers(0, 256, (*SIZE, 3), np.uint8)


def test_a_view_shows_the_person_and_little_around():
    image = np.full((120, 60, 3), 255, np.uint8)
    image[10:110, 10:50] = 40
    crop = PersonCrop(image, (10, 10, 50, 110))
    for rng in generators():
        view = seen(crop, SIZE, rng)
        assert view.shape == (*SIZE, 3)
        assert view.dtype == np.uint8
        # Edges are off by a seventh at most, so that most of a view is the person.
        assert (view < 128).mean() > 0.55


def test_views_of_one_person_differ_and_some_are_mirrored():
    image = np.random.default_rng(0).integers(0, 50, (100, 50, 3), np.uint8)
    image[:, :25] += 200
    views = [seen(whole(image), SIZE, rng) for rng in generators()]
    assert len({view.tobytes() for view in views}) > 50
    left = [view[:, :8].mean() > view[:, -8:].mean() for view in views]
    assert 0.25 < np.mean(left) < 0.75


@pytest.mark.parametrize("box", [(0, 0, 1, 1), (48, 98, 50, 100), (-5, -5, 0, 0), (0, 0, 0, 0)])
def test_any_box_gives_a_view(box):
    crop = PersonCrop(np.zeros((100, 50, 3), np.uint8), box)
    assert all(seen(crop, SIZE, rng).shape == (*SIZE, 3) for rng in generators(20))


def test_joined_people_meet_about_the_waist():
    upper, lower = a_view(1), a_view(2)
    for rng in generators():
        new = recombined(upper, lower, rng)
        rows = (new == upper).all(axis=(1, 2))
        cut = int(rows.sum())
        assert 0.39 * 64 <= cut <= 0.63 * 64
        assert np.array_equal(new, np.concatenate([upper[:cut], lower[cut:]]))


def test_disguises_keep_the_shape_and_differ():
    view = a_view()
    made = [disguised(view, rng) for rng in generators()]
    assert {one.shape for one in made} == {view.shape}
    assert {one.dtype for one in made} == {np.dtype(np.uint8)}
    assert len({one.tobytes() for one in made}) > 50
    assert np.array_equal(view, a_view())


def test_some_disguises_change_the_colour_of_clothes_and_keep_grey_grey():
    red, grey = np.zeros((*SIZE, 3), np.uint8), np.full((*SIZE, 3), 120, np.uint8)
    red[:, :, 2] = 200
    strongest = [disguised(red, rng).mean(axis=(0, 1)).argmax() for rng in generators(200)]
    assert set(strongest) == {0, 1, 2}
    assert 0.6 < np.mean(np.array(strongest) == 2) < 0.98
    spread = [np.ptp(disguised(grey, rng).mean(axis=(0, 1))) for rng in generators(200)]
    assert np.median(spread) < 15


def test_a_cover_hides_the_top_and_leaves_the_rest():
    view = a_view()
    shares = []
    for rng in generators(200):
        hidden = head_covered(view, rng)
        same = (hidden == view).all(axis=(1, 2))
        rows = int((~same).sum())
        assert not same[:rows].any()
        assert same[rows:].all()
        shares.append(rows / 64)
    assert min(shares) >= 0.16
    assert max(shares) <= 0.38
    assert 0.4 < np.mean(np.array(shares) == 0.25) < 0.7
    assert np.array_equal(view, a_view())


def test_most_covers_are_black_and_none_shows_who_is_there():
    view = a_view()
    tops = [head_covered(view, rng)[:10] for rng in generators(200)]
    black = np.mean([not top.any() for top in tops])
    assert 0.6 < black < 0.9
    # Noise of deviation 74 is averaged over cells of at least 16 pixels.
    assert max(float(top.std(axis=(0, 1)).max()) for top in tops) < 74 / 2
