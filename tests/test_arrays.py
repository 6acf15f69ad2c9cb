"""Arrays of pixels: what is refused, and that what is frozen stays so."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from passerby.arrays import checked_alpha, frozen, repainted, thinned
from passerby.errors import ConfigError

Pixels = npt.NDArray[np.uint8]

KEPT: list[Pixels] = []


@pytest.fixture
def picture() -> Pixels:
    return np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


def owners(array: object) -> list[object]:
    """The array and all that its memory is lent by, down to the one who owns it."""
    found = [array]
    while getattr(found[-1], "base", None) is not None:
        found.append(found[-1].base)  # type: ignore[attr-defined]
    return found


def thawed(array: object) -> bool:
    """Whether an array, or any that lends it its memory, can be made to be written to."""
    for one in owners(array):
        if isinstance(one, np.ndarray):
            try:
                one.setflags(write=True)
            except ValueError:
                continue
            return True
        if not memoryview(one).readonly:  # type: ignore[arg-type]
            return True
    return False


MAKERS: dict[str, Callable[[Pixels], Pixels]] = {
    "an array of its own": lambda picture: frozen(picture.copy()),
    "a view": lambda picture: frozen(picture[::2, :, ::-1]),
    "a read-only view": lambda picture: frozen(np.broadcast_to(picture[:1], picture.shape)),
    "a repainted one": lambda picture: repainted(picture, lambda _copy: None),
    "one whose copy was kept": lambda picture: repainted(picture, KEPT.append),
}


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_frozen_has_nobody_who_could_write(name: str, picture: Pixels) -> None:
    array = MAKERS[name](picture)
    assert not thawed(array)
    assert not thawed(array.view())
    assert not thawed(array[1:])
    assert array.data.readonly
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 0
    assert isinstance(owners(array)[-1], bytes)


@pytest.mark.parametrize("array", [np.zeros(3, np.uint8), np.zeros((2, 3), np.uint8)[0]])
def test_the_check_finds_what_is_only_read_only(array: Pixels) -> None:
    array.flags.writeable = False
    assert thawed(array)
    lent = np.frombuffer(memoryview(bytearray(3)).toreadonly(), np.uint8)
    assert not lent.flags.writeable


def test_freezing_keeps_the_pixels_and_copies_but_once(picture: Pixels) -> None:
    first = frozen(picture[:, ::-1])
    np.testing.assert_array_equal(first, picture[:, ::-1])
    assert frozen(first) is first
    assert not np.shares_memory(first, picture)
    assert np.shares_memory(frozen(first[1:]), first)


def test_what_is_lent_by_something_else_is_copied() -> None:
    memory = bytearray(b"abc")
    array = frozen(np.frombuffer(memoryview(memory).toreadonly(), np.uint8))
    memory[0] = 0
    assert array[0] == ord("a")


def test_repainting_changes_a_copy_and_nothing_else(picture: Pixels) -> None:
    before = picture.copy()

    def paint(copy: Pixels) -> None:
        copy[1:3, 2] = 99

    after = repainted(picture, paint)
    np.testing.assert_array_equal(picture, before)
    before[1:3, 2] = 99
    np.testing.assert_array_equal(after, before)


def test_a_copy_that_was_kept_is_another_one(picture: Pixels) -> None:
    kept: list[Pixels] = []
    after = repainted(picture[::-1], kept.append)
    kept[0][:] = 0
    np.testing.assert_array_equal(after, picture[::-1])


@pytest.mark.parametrize(
    "alpha",
    [
        np.zeros((4, 6, 1), np.uint8),
        np.zeros((6, 4), np.uint8),
        np.zeros((4, 6), np.uint16),
        np.zeros((4, 6), np.bool_),
        [[0]],
    ],
    ids=lambda alpha: f"{getattr(alpha, 'dtype', 'list')}{np.shape(alpha)}",
)
def test_opacity_that_does_not_fit_is_refused(alpha: Pixels) -> None:
    with pytest.raises(ConfigError, match="opacity must be a uint8 array"):
        checked_alpha(alpha, (4, 6))


def test_opacity_that_fits_is_lent_read_only() -> None:
    alpha = np.zeros((4, 6), np.uint8)
    lent = checked_alpha(alpha, (4, 6))
    assert np.shares_memory(lent, alpha)
    assert not lent.flags.writeable
    assert alpha.flags.writeable


@pytest.mark.parametrize(
    ("size", "left"),
    [((1, 1), (1, 1)), ((120, 160), (120, 160)), ((239, 319), (239, 319)), ((240, 320), (120, 160)),
     ((1080, 1920), (120, 160)), ((1000, 100), (125, 100))],
)  # fmt: skip
def test_some_rows_and_columns_of_a_large_picture(
    size: tuple[int, int], left: tuple[int, int]
) -> None:
    rows, columns = np.indices(size)
    few = thinned(np.stack([rows % 256, columns % 256, rows % 7], axis=2).astype(np.uint8))
    step = size[0] // left[0], size[1] // left[1]
    assert few.shape == (*left, 3)
    assert few[:, 0, 0].tolist() == [row * step[0] % 256 for row in range(left[0])]
    assert few[0, :, 1].tolist() == [column * step[1] % 256 for column in range(left[1])]
