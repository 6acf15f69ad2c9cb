"""The nearest are put into a finer order; nobody else moves."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from passerby.matching.coarse_to_fine import refined

rows = arrays(np.float32, (1, 7), elements=st.sampled_from([0.0, 0.5, 1.0, 1.5, np.inf]))
finer = arrays(np.float32, (1, 7), elements=st.sampled_from([0.0, 0.5, 1.0]))


def test_a_case_by_hand() -> None:
    coarse = np.array([[0.4, 0.1, 0.3, 0.2]], np.float32)
    fine = np.array([[0.0, 0.9, 0.1, 0.5]], np.float32)
    order = np.argsort(refined(coarse, fine, 3))[0]
    assert order.tolist() == [2, 3, 1, 0]


@given(rows, finer, st.integers(1, 9))
def test_order_is_by_finer_distance_among_the_nearest_and_by_coarse_beyond(
    coarse: np.ndarray, fine: np.ndarray, top: int
) -> None:
    result = refined(coarse, fine, top)[0]
    limit = np.sort(coarse[0])[min(top, 7) - 1]
    near = (coarse[0] <= limit) & np.isfinite(coarse[0])
    keys = [(0, fine[0, i]) if near[i] else (1, coarse[0, i]) for i in range(7)]
    for i in range(7):
        for j in range(7):
            assert (result[i] < result[j]) == (keys[i] < keys[j])
    assert np.isinf(result).tolist() == np.isinf(coarse[0]).tolist()


def test_inputs_stay_as_they_are() -> None:
    coarse = np.array([[0.4, 0.1]], np.float32)
    before = coarse.copy()
    refined(coarse, coarse, 1)
    np.testing.assert_array_equal(coarse, before)
