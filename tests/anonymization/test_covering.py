"""Patches are covered, all of them, and nothing else is touched."""

import numpy as np
import pytest

from passerby.anonymization.covering import covered, opaque
from passerby.anonymization.operators import OPERATORS, Operator
from passerby.anonymization.patches import Patch
from passerby.errors import PrivacyError

IMAGE = np.random.default_rng(2).integers(1, 256, (12, 16, 3), np.uint8)
CORNER, MIDDLE = Patch((0, 0, 4, 4)), Patch((6, 5, 10, 9))


def test_each_patch_is_covered_and_gets_a_seed_of_its_own() -> None:
    asked: list[int] = []

    def seed(number: int) -> int:
        asked.append(number)
        return number

    after = covered(IMAGE, [CORNER, MIDDLE], OPERATORS["blackout"], None, seed)
    expected = IMAGE.copy()
    expected[:4, :4] = expected[5:9, 6:10] = 0
    np.testing.assert_array_equal(after, expected)
    assert asked == [0, 1]


def test_without_patches_it_is_a_copy_in_other_memory() -> None:
    after = covered(IMAGE, [], OPERATORS["blackout"], None, int)
    np.testing.assert_array_equal(after, IMAGE)
    assert not np.shares_memory(after, IMAGE)


def test_an_operator_cannot_write_into_what_it_sees() -> None:
    def scribble(image, patch, _strength, _seed):  # type: ignore[no-untyped-def]
        image[:] = 0

    with pytest.raises(ValueError, match="read-only"):
        covered(IMAGE, [CORNER], Operator(summary="", apply=scribble), None, int)


def test_an_operator_that_keeps_what_it_sees_cannot_change_the_outcome() -> None:
    kept = []

    def hoard(image, patch, _strength, _seed):  # type: ignore[no-untyped-def]
        kept.append(image)
        return np.zeros((patch.height, patch.width, 3), np.uint8)

    after = covered(IMAGE, [CORNER], Operator(summary="", apply=hoard), None, int)
    before = after.copy()
    owner = kept[0].base
    owner.setflags(write=True)
    owner[:] = 7
    np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize("pixels", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)])
def test_pixels_that_do_not_fit_are_refused(pixels: object) -> None:
    with pytest.raises(PrivacyError, match="an operator returned"):
        covered(IMAGE, [CORNER], Operator(summary="", apply=lambda *_: pixels), None, int)  # type: ignore[arg-type, return-value]


def test_opacity_is_full_in_the_patches_alone() -> None:
    mask = np.zeros((4, 4), np.bool_)
    mask[0] = True
    alpha = np.full((12, 16), 7, np.uint8)
    after = opaque(alpha, [CORNER, Patch(MIDDLE.box, mask)])
    expected = alpha.copy()
    expected[:4, :4] = expected[5, 6:10] = 255
    np.testing.assert_array_equal(after, expected)
