"""Patches: what is refused, and that an operator sees nothing outside the mask."""

import numpy as np
import pytest

from passerby.anonymization.patches import Patch, mean_colour, patches_of_boxes
from passerby.errors import ConfigError
from passerby.geometry import PixelBox

IMAGE = np.random.default_rng(1).integers(0, 256, (9, 12, 3), np.uint8)
MASK = np.random.default_rng(2).random((4, 5)) < 0.5


@pytest.mark.parametrize("box", [(3, 3, 3, 5), (3, 3, 5, 3), (5, 3, 4, 6), (-1, 0, 2, 2)])
def test_a_box_without_pixels_or_outside_is_refused(box: PixelBox) -> None:
    with pytest.raises(ConfigError, match="box of a patch"):
        Patch(box)


def test_a_mask_of_another_shape_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"\(5, 4\)"):
        Patch((0, 0, 5, 4), np.ones((5, 4), np.bool_))


def test_the_whole_box_is_seen_without_a_mask() -> None:
    patch = Patch((2, 3, 7, 8))
    assert (patch.width, patch.height) == (5, 5)
    np.testing.assert_array_equal(patch.pixels(IMAGE), IMAGE[3:8, 2:7])


def test_the_mean_colour_by_a_loop_over_the_mask() -> None:
    patch = Patch((2, 3, 7, 7), MASK)
    inside = [IMAGE[3 + y, 2 + x] for y in range(4) for x in range(5) if MASK[y, x]]
    expected = [round(float(sum(int(p[c]) for p in inside)) / len(inside)) for c in range(3)]
    assert mean_colour(IMAGE, patch).tolist() == expected


def test_nothing_outside_the_mask_is_seen() -> None:
    patch = Patch((2, 3, 7, 7), MASK)
    other = IMAGE.copy()
    other[3:7, 2:7][~MASK] = 0
    np.testing.assert_array_equal(patch.pixels(IMAGE), patch.pixels(other))
    np.testing.assert_array_equal(patch.pixels(IMAGE)[MASK], IMAGE[3:7, 2:7][MASK])


def test_boxes_become_patches_and_those_outside_are_left_out() -> None:
    boxes = np.array([[1.5, 2, 3, 4], [-9, -9, -1, -1], [np.nan, 0, 1, 1]])
    patches = patches_of_boxes(boxes, np.array([7, 8, -1]), 12, 9)
    assert [(patch.box, patch.track) for patch in patches] == [
        ((1, 2, 3, 4), 7),
        ((0, 0, 12, 9), -1),
    ]
