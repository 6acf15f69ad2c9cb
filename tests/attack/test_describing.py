import numpy as np
import pytest
from tests.attack.conftest import Colours

from passerby.attack.describing import CachedDescriber, for_each_distinct
from passerby.errors import DetectionError


def test_each_distinct_picture_is_described_once(crowd):
    network = Colours()
    describe = CachedDescriber(network, threads=1)
    few = crowd.images[[0, 1, 0, 2, 1]]
    rows = describe(few)
    assert network.pictures == 3
    np.testing.assert_array_equal(rows[0], rows[2])
    np.testing.assert_array_equal(describe(few[::-1]), rows[::-1])
    assert network.pictures == 3


def test_signatures_have_length_1(crowd):
    rows = CachedDescriber(Colours(), threads=1)(crowd.images[:4])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_scores_that_are_no_numbers_are_refused(crowd, value):
    class Broken(Colours):
        def describe(self, pictures):
            rows = super().describe(pictures)
            rows[-1, 2] = value
            return rows

    with pytest.raises(DetectionError, match="colours returned NaN or infinite"):
        CachedDescriber(Broken(), threads=1)(crowd.images[:4])


def test_equal_rows_stay_equal_bit_for_bit():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(40, 300)).astype(np.float32)[rng.integers(0, 40, 200)]
    weights = rng.normal(size=(300, 70)).astype(np.float32)
    found = for_each_distinct(lambda distinct: distinct @ weights, rows)
    np.testing.assert_allclose(found, rows @ weights, rtol=1e-3, atol=1e-3)
    for place in range(200):
        alike = (rows == rows[place]).all(axis=1)
        assert (found[alike] == found[place]).all()
