"""Rows continued by reflection, against NumPy's padding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.models.reflection import reflected_places


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
