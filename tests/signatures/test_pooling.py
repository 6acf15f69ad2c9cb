import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.signatures.pooling import pooled


def test_the_better_picture_counts_more():
    rows = np.array([[9.0, 0, 0], [0, 0.1, 0], [0, 0, 4]], np.float32)
    expected = np.array([2.0, 1.0, 0.0]) / np.sqrt(5)
    np.testing.assert_allclose(pooled(rows, [0.8, 0.4, 0]), expected, atol=1e-6)


def test_one_picture_is_itself_at_length_one():
    np.testing.assert_allclose(pooled(np.array([[3.0, 4.0]], np.float32), [0.1]), [0.6, 0.8])


def test_without_any_quality_all_count_alike():
    rows = np.array([[1.0, 0], [0, 1]], np.float32)
    np.testing.assert_allclose(pooled(rows, [0, 0]), np.full(2, np.sqrt(0.5)), atol=1e-6)


def test_what_cancels_is_nothing():
    assert not pooled(np.array([[1.0, 0], [-1, 0]], np.float32), [1, 1]).any()


@pytest.mark.parametrize(
    ("rows", "qualities"),
    [
        (np.zeros((0, 3)), []),
        (np.ones((2, 3)), [1]),
        (np.ones(3), [1]),
        (np.ones((1, 3)), [-1]),
        (np.ones((1, 3)), [np.nan]),
    ],
)
def test_what_does_not_fit_is_refused(rows, qualities):
    with pytest.raises(ConfigError):
        pooled(rows.astype(np.float32), qualities)
