"""What is followed is where it was put, and what is lost is covered more."""

import numpy as np
import numpy.typing as npt
import pytest

from passerby.tracking.pixel_following import LONGEST_DOUBT, FollowedPlace, follow_box

Picture = npt.NDArray[np.uint8]
SIZE = 120, 200
RATE = 25.0


def noise(seed: int, shape: tuple[int, int]) -> Picture:
    grains = np.random.default_rng(seed).integers(0, 255, (shape[0] // 4 + 1, shape[1] // 4 + 1))
    return np.kron(grains, np.ones((4, 4)))[: shape[0], : shape[1]].astype(np.uint8)


def moving(places: list[tuple[int, int] | None], size: tuple[int, int] = (20, 16)) -> list[Picture]:
    """A thing with a pattern of its own before a wall with another one."""
    thing = noise(1, size)
    pictures = []
    for place in places:
        picture = noise(2, SIZE)
        if place is not None:
            left, top = place
            there = picture[top : top + size[0], left : left + size[1]]
            there[:] = thing[: there.shape[0], : there.shape[1]]
        pictures.append(picture)
    return pictures


def followed(pictures: list[Picture], place: tuple[int, int]) -> list[FollowedPlace]:
    left, top = place
    return list(follow_box(pictures, (left, top, left + 16, top + 20), RATE))


def centres(places: list[FollowedPlace]) -> npt.NDArray[np.float64]:
    return np.array([(one.box[:2] + one.box[2:]) / 2 - (8, 10) for one in places])


@pytest.mark.parametrize("step", [(1, 0), (3, 1), (-2, 1), (0, 0)])
def test_a_thing_that_moves_is_followed_to_the_pixel(step: tuple[int, int]) -> None:
    way = [(90 + step[0] * index, 40 + step[1] * index) for index in range(25)]
    places = followed(moving(way), way[0])
    assert len(places) == len(way)
    assert all(one.found for one in places)
    assert np.abs(centres(places) - way).max() < 1.5


def test_backwards_is_the_same_with_pictures_in_the_other_order() -> None:
    way = [(40 + 3 * index, 40) for index in range(20)]
    places = followed(moving(way)[::-1], way[-1])
    assert np.abs(centres(places)[-1] - way[0]).max() < 1.5


def test_what_is_hidden_for_a_while_is_covered_and_found_again() -> None:
    way = [(40 + 3 * index, 40) for index in range(40)]
    seen = [place if not 15 <= index < 25 else None for index, place in enumerate(way)]
    places = followed(moving(seen), way[0])
    assert len(places) == len(way)
    assert not any(one.found for one in places[16:25])
    assert places[-1].found
    for place, (left, top) in zip(places, way, strict=True):
        low, high = place.box[:2] - place.margin, place.box[2:] + place.margin
        middle = np.array([left + 8, top + 10])
        assert (low <= middle).all()
        assert (middle <= high).all()


def test_in_doubt_it_grows_and_then_it_ends() -> None:
    places = followed(moving([(90, 40)] * 3 + [None] * 60), (90, 40))
    margins = [one.margin for one in places[3:]]
    assert len(places) == 3 + LONGEST_DOUBT * RATE
    assert margins == sorted(margins)
    assert margins[-1] > 20


def test_what_leaves_the_picture_is_not_followed_any_more() -> None:
    way = [(150 + 4 * index, 40) for index in range(13)]
    pictures = moving(way) + moving([None] * 30)
    assert len(followed(pictures, way[0])) < 13 + LONGEST_DOUBT * RATE + 1


def test_a_place_without_anything_to_tell_it_by_is_in_doubt_at_once() -> None:
    flat = [np.full(SIZE, 90, np.uint8)] * 5
    assert [one.found for one in followed(flat, (90, 40))] == [True, False, False, False, False]


def test_no_pictures_no_places() -> None:
    assert list(follow_box([], (0, 0, 5, 5), RATE)) == []
