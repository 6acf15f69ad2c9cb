"""Rows continued by reflection, against NumPy's padding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.models.reflection import continued_picture, reflected_places


@given(length=st.integers(1, 70), stride=st.integers(1, 16))
def test_places_are_those_of_numpy(length: int, stride: int) -> None:
    places = reflected_places(length, stride)
    padded = np.pad(np.arange(length), (0, len(places) - length), "reflect")
    np.testing.assert_array_equal(places, padded)
    assert len(places) % stride == 0
    assert len(places) == max(2 * stride, -(-length // stride) * stride)


@pytest.mark.parametrize(("length", "count"), [(8, 8), (9, 12), (1, 8), (360, 360)])
def test_no_more_is_added_than_needed(length: int, count: int) -> None:
    assert len(reflected_places(length, 4)) == count


@given(height=st.integers(1, 40), width=st.integers(1, 40), stride=st.integers(1, 16))
def test_pictures_are_continued_as_by_numpy(height: int, width: int, stride: int) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    whole = continued_picture(picture, stride)
    added = [(0, len(reflected_places(side, stride)) - side) for side in (height, width)]
    np.testing.assert_array_equal(whole, np.pad(picture, [*added, (0, 0)], "reflect"))


def test_a_picture_that_fits_is_not_copied() -> None:
    picture = np.zeros((16, 24, 3), np.uint8)
    assert continued_picture(picture, 8) is picture
