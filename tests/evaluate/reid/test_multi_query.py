"""The mean of all images of a person by a camera stands for each query of theirs."""

import numpy as np
import pytest

from passerby.errors import InputError
from passerby.evaluate.reid.multi_query import multi_query
from passerby.signatures.signatures import Signatures

IMAGES = Signatures(
    np.array([[3.0, 4.0], [0.0, 2.0], [9.0, 9.0], [0.0, 0.0]]),
    np.array([1, 1, 1, 2]),
    np.array([1, 1, 2, 1]),
)
QUERY = Signatures(np.ones((3, 2)), np.array([1, 2, 1]), np.array([1, 1, 1]))


def test_means_of_unit_vectors() -> None:
    found = multi_query(QUERY, IMAGES)
    wanted = [(0.6 + 0) / 2, (0.8 + 1) / 2]
    np.testing.assert_allclose(found.features[slice(None)], [wanted, [0, 0], wanted], atol=1e-6)
    assert (found.ids.tolist(), found.cameras.tolist()) == ([1, 2, 1], [1, 1, 1])


def test_means_of_signatures_as_they_are() -> None:
    found = multi_query(QUERY, IMAGES, unit=False)
    np.testing.assert_allclose(found.features[slice(None)], [[1.5, 3], [0, 0], [1.5, 3]])


def test_a_query_without_images_is_named() -> None:
    lost = Signatures(np.ones((1, 2)), np.array([2]), np.array([7]))
    with pytest.raises(InputError, match="no image of person 2 by camera 7"):
        multi_query(lost, IMAGES)
    with pytest.raises(InputError, match="make both with the same network"):
        multi_query(Signatures(np.ones((1, 3)), np.array([2]), np.array([1])), IMAGES)
