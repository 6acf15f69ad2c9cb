"""Squares as the thesis draws them, and people from above in three parts that share nobody."""

import cv2
import numpy as np
import pytest

from passerby.errors import ConfigError, InputError
from passerby.train.obfuscator.filter_data import (
    People,
    Squares,
    Stills,
    synthetic_stills,
    tvpr,
)


def stills(people=14, side=16):
    """Six plain pictures of each, with the number of the person as their colour."""
    identities = np.repeat(np.arange(people), 6)
    plain = np.broadcast_to(identities[:, None, None, None], (len(identities), 96, 128, 3))
    return Stills(
        plain.astype(np.uint8),
        np.full((len(identities), 2), 40.0),
        plain[:, :side, :side].astype(np.uint8),
        identities,
    )


def test_squares_are_where_the_heat_maps_are_warm():
    batch = Squares(side=8).batch((0,), 10)
    assert batch.images.shape == (10, 160, 160, 3)
    assert batch.close_ups.shape[1:] == (8, 8, 3)
    for image, warmth in zip(batch.images, batch.heat_maps, strict=True):
        row, column = np.unravel_index(warmth.argmax(), warmth.shape)
        background = image[0, 0] if not (image[0, 0] == image[4 * row, 4 * column]).all() else None
        square = (image != (image[-1, -1] if background is None else background)).any(axis=2)
        if square.sum() == 400:
            rows, columns = np.nonzero(square)
            assert abs(rows.mean() - 4 * row - 1.5) < 3
            assert abs(columns.mean() - 4 * column - 1.5) < 3


def test_half_of_the_pairs_are_of_one_colour():
    batch = Squares(side=4).batch((3,), 12)
    first, second = batch.close_ups[batch.pairs[:, 0]], batch.close_ups[batch.pairs[:, 1]]
    assert ((first == second).all(axis=(1, 2, 3)) == batch.same).all()
    assert batch.same.sum() == 6


def test_each_seed_draws_its_own_squares():
    squares = Squares(measured=10, side=4)
    drawn = [squares.batch((1, 2), 10), squares.batch((1, 3), 10), squares.validation()]
    images = [one.images for one in drawn]
    assert np.array_equal(images[0], squares.batch((1, 2), 10).images)
    assert not np.array_equal(images[0], images[1])
    assert not np.array_equal(images[2], squares.test().images)


def test_parts_of_people_share_nobody():
    people = People(stills())
    parts = [people.batch((0,), 24), people.validation(), people.test()]
    seen = [set(np.unique(part.images)) for part in parts]
    assert [len(one) for one in seen[1:]] == [2, 2]
    assert not seen[0] & seen[1]
    assert not seen[0] & seen[2]
    assert not seen[1] & seen[2]


def test_pairs_of_people_are_right():
    people = People(stills())
    for part in (people.batch((0,), 12), people.test()):
        first, second = (part.close_ups[part.pairs[:, place], 0, 0, 0] for place in (0, 1))
        assert ((first == second) == part.same).all()
        assert part.same.mean() == 0.5


def test_heat_maps_of_people_are_a_quarter_of_the_image():
    part = People(stills()).test()
    assert part.heat_maps.shape[1:] == (24, 32)
    assert np.unravel_index(part.heat_maps[0].argmax(), (24, 32)) in {(9, 9), (9, 10), (10, 10)}


def test_too_few_people_are_refused():
    with pytest.raises(ConfigError, match="5 people cannot be split"):
        People(stills(5))


@pytest.mark.slow
def test_people_who_do_not_exist_are_in_the_middle_of_their_close_ups():
    drawn = synthetic_stills(people=2, side=32)
    assert drawn.images.shape == (12, 96, 128, 3)
    assert drawn.identities.tolist() == [1] * 6 + [2] * 6
    assert len({tuple(centre) for centre in drawn.centres}) == 12
    empty = np.median(drawn.images, axis=0)
    for image, (x, y) in zip(drawn.images, drawn.centres, strict=True):
        changed = np.abs(image - empty).max(axis=2) > 40
        rows, columns = np.nonzero(changed)
        assert np.hypot(np.median(columns) - x, np.median(rows) - y) < 20


@pytest.fixture
def tvpr_folder(tmp_path):
    """Stills of people who are bright rectangles, before a floor that stays."""
    rng = np.random.default_rng(0)
    floor = rng.integers(60, 90, (96, 128, 3))
    (tmp_path / "stills").mkdir()
    for person in range(1, 15):
        for still in range(2):
            image = floor.copy()
            left, top = 5 * person, 10 + 30 * still
            image[top : top + 20, left : left + 16] = 200 + person
            cv2.imwrite(str(tmp_path / "stills" / f"{person:03d}_{still}.png"), image)
    return tmp_path


def test_people_of_tvpr_are_where_the_floor_is_not(tvpr_folder):
    found = tvpr(tvpr_folder, side=10)
    assert found.identities.tolist() == np.repeat(np.arange(1, 15), 2).tolist()
    for centre, number in zip(found.centres, range(28), strict=True):
        person, still = number // 2 + 1, number % 2
        assert centre == pytest.approx((5 * person + 8, 20 + 30 * still), abs=1)
    assert (found.close_ups[:, 5, 5, 0] == 200 + found.identities).all()


def test_stills_of_two_sizes_are_refused(tvpr_folder):
    cv2.imwrite(str(tvpr_folder / "stills" / "099_0.png"), np.zeros((9, 9, 3), np.uint8))
    with pytest.raises(InputError, match="differ in size"):
        tvpr(tvpr_folder)


def test_an_empty_floor_is_refused(tvpr_folder):
    first = cv2.imread(str(tvpr_folder / "stills" / "001_0.png"))
    other = cv2.imread(str(tvpr_folder / "stills" / "001_1.png"))
    empty = np.where(first > 195, other, first)
    cv2.imwrite(str(tvpr_folder / "stills" / "050_0.png"), empty)
    with pytest.raises(InputError, match=r"nobody can be seen in .*050_0"):
        tvpr(tvpr_folder)
