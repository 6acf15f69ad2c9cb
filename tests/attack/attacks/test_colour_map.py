import numpy as np
import pytest

from passerby.attack.attacks import ATTACKS
from passerby.attack.attacks.colour_map import affine_map, cube_map, lookup_map

RNG = np.random.default_rng(0)
CLEAR = RNG.integers(0, 256, (4, 16, 12, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    "change",
    [
        lambda picture: picture,
        lambda picture: 255 - picture,
        lambda picture: picture[..., [2, 0, 1]],
        lambda picture: picture // 2 + 60,
    ],
)
def test_an_affine_change_is_undone(change):
    undo = affine_map(change(CLEAR[:3]), CLEAR[:3])
    np.testing.assert_allclose(undo(change(CLEAR[3])), CLEAR[3], atol=1)


def test_any_change_of_single_channels_is_undone_on_average():
    table = RNG.permutation(256).astype(np.uint8)
    undo = lookup_map(table[CLEAR], CLEAR)
    np.testing.assert_array_equal(undo(table[CLEAR[1]]), CLEAR[1])


def test_channels_that_are_added_beyond_255_are_told_apart():
    rng = np.random.default_rng(1)
    clear = rng.integers(0, 12, (40, 32, 32, 3)).astype(np.uint8) * 4 + 100  # as few as people wear
    seen = np.stack([clear[..., 0] + 3 * clear[..., 1], *np.moveaxis(clear[..., 1:], -1, 0)], -1)
    undo = cube_map(seen[:30], clear[:30])
    np.testing.assert_array_equal(undo(seen[35]), clear[35])


def test_colours_never_seen_become_the_mean_of_those_around_them():
    seen = np.zeros((1, 8, 8, 3), np.uint8)
    seen[:, :4] = 200
    clear = np.where(seen > 0, 90, 30).astype(np.uint8)
    undo = cube_map(seen, clear)
    assert undo(np.full((1, 1, 3), 210, np.uint8)).ravel().tolist() == [90] * 3
    assert undo(np.full((1, 1, 3), 110, np.uint8)).ravel().tolist() == [60] * 3


def test_low_bits_are_read():
    cover = RNG.integers(0, 16, CLEAR.shape).astype(np.uint8) * 16
    seen = cover | CLEAR >> 4
    found = lookup_map(seen, CLEAR)(seen[0])
    assert np.abs(found.astype(int) - CLEAR[0]).mean() < 12  # a step is 16 wide


def test_values_never_seen_become_the_mean():
    undo = lookup_map(np.zeros_like(CLEAR), CLEAR)
    means = CLEAR.mean(axis=(0, 1, 2))
    np.testing.assert_allclose(undo(np.full((1, 1, 3), 9, np.uint8))[0, 0], means, atol=0.51)


def test_grey_and_constant_pictures_break_nothing():
    grey = np.repeat(CLEAR[..., :1], 3, axis=3)
    assert np.abs(affine_map(grey, CLEAR)(grey[0])[..., 0].astype(int) - CLEAR[0, ..., 0]).max() < 2
    black = np.zeros_like(CLEAR)
    found = affine_map(black, CLEAR)(black[0])
    np.testing.assert_allclose(found[0, 0], CLEAR.mean(axis=(0, 1, 2)), atol=1)


def test_the_better_map_is_kept(case_for):
    for change in (lambda one: one[..., [1, 2, 0]], lambda one: one ^ np.uint8(0b10101010)):
        case = case_for(change)
        fitted = ATTACKS["colour-map"].fit(case)
        rebuilt = fitted.rebuild(case.test.seen)
        assert np.abs(rebuilt.astype(int) - case.test.clear.images).mean() < 2
