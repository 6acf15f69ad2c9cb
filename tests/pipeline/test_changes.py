"""What counts as a cut, as a sudden change, and as nothing of the kind."""

import cv2
import numpy as np
import pytest

from passerby.pipeline.changes import Changes, FrameChange
from passerby.types import Frame

Array = np.ndarray
HEIGHT, WIDTH = 120, 160


def street(seed: int, height: int = HEIGHT, width: int = WIDTH) -> Array:
    """A picture with large and small shapes that no other seed has."""
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 200, (height // 20, width // 20, 3)).astype(np.uint8)
    fine = rng.integers(0, 40, (height // 4, width // 4, 3)).astype(np.uint8)
    return cv2.resize(image, (width, height)) + cv2.resize(fine, (width, height))


def with_somebody(image: Array, left: int, top: int = 30, height: int = 60) -> Array:
    image = image.copy()
    image[top : top + height, left : left + height // 3] = 250
    return image


def changes_of(images: list[Array]) -> list[FrameChange]:
    changes = Changes()
    return [changes.next(Frame(image)) for image in images]


def noisy(image: Array, index: int, spread: float) -> Array:
    noise = np.random.default_rng(index).normal(0, spread, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("seed", range(20))
def test_another_scene_is_a_cut_and_what_follows_it_is_none(seed: int) -> None:
    images = [street(seed)] * 5 + [street(seed + 100)] * 5
    assert changes_of(images) == [FrameChange.NONE] * 5 + [FrameChange.CUT] + [FrameChange.NONE] * 4


def test_every_slide_of_a_show_is_a_cut() -> None:
    assert set(changes_of([street(seed) for seed in range(30)])[1:]) == {FrameChange.CUT}


@pytest.mark.parametrize("dark", [2, 4, 8, 16])
def test_cuts_at_night(dark: int) -> None:
    images = [street(0) // dark] * 5 + [street(1) // dark] * 5
    assert changes_of(images)[5] is not FrameChange.NONE


def test_between_a_wall_and_a_street() -> None:
    wall = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    assert changes_of([wall, wall, street(0), wall])[2:] == [FrameChange.CUT] * 2


@pytest.mark.parametrize("spread", [2, 5, 10])
def test_noise_is_no_change(spread: float) -> None:
    for image in (street(0), np.full((HEIGHT, WIDTH, 3), 90, np.uint8)):
        images = [noisy(image, index, spread) for index in range(30)]
        assert set(changes_of(images)) == {FrameChange.NONE}


def test_who_appears_is_a_sudden_change_on_both_sides() -> None:
    empty = street(0)
    images = [empty] * 4 + [with_somebody(empty, 60)] + [empty] * 4
    expected = [FrameChange.NONE] * 4 + [FrameChange.SUDDEN] * 2 + [FrameChange.NONE] * 3
    assert changes_of(images) == expected


def test_who_appears_elsewhere_than_where_much_moves_is_a_sudden_change() -> None:
    def crossing(index: int) -> Array:
        return with_somebody(street(0), 4 * index, top=10, height=30)

    images = [crossing(index) for index in range(20)]
    images += [with_somebody(crossing(index), 130, top=60, height=40) for index in range(20, 22)]
    changes = changes_of(images)
    assert changes[8:] == [FrameChange.NONE] * 12 + [FrameChange.SUDDEN, FrameChange.NONE]


def test_who_walks_is_no_change() -> None:
    images = [with_somebody(street(0), index) for index in range(60)]
    assert changes_of(images)[1:].count(FrameChange.NONE) >= 57


@pytest.mark.parametrize("speed", [1, 2, 4])
def test_a_camera_that_pans_makes_no_cuts(speed: int) -> None:
    wide = street(0, width=WIDTH + 40 * speed)
    images = [wide[:, speed * index : speed * index + WIDTH] for index in range(40)]
    changes = changes_of(images)
    assert FrameChange.CUT not in changes
    assert changes[5:].count(FrameChange.NONE) >= 33


def test_a_light_that_is_switched_is_no_cut() -> None:
    assert FrameChange.CUT not in changes_of([street(0)] * 5 + [street(0) // 2] * 5)


def test_what_appears_by_its_opacity_alone_is_a_change() -> None:
    image = with_somebody(np.full((HEIGHT, WIDTH, 3), 90, np.uint8), 60)
    clear, opaque = np.zeros((HEIGHT, WIDTH), np.uint8), np.full((HEIGHT, WIDTH), 255, np.uint8)
    changes = Changes()
    assert changes.next(Frame(image, alpha=clear)) is FrameChange.NONE
    assert changes.next(Frame(image, alpha=opaque)) is not FrameChange.NONE


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (23, 31), (24, 32), (1080, 1920), (3000, 5)])
def test_pictures_of_any_size(size: tuple[int, int]) -> None:
    dark, bright = (np.full((*size, 3), level, np.uint8) for level in (10, 240))
    assert changes_of([dark, dark, bright, bright])[2] is FrameChange.CUT
