"""What teachers say together."""

import cv2
import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.signatures.network import SignatureNetwork
from passerby.train.reid.distillation.teachers import Teachers, principal_axes

PICTURES = np.random.default_rng(0).integers(0, 256, (3, 4, 2, 3), np.uint8)
PICTURES = PICTURES.repeat(32, axis=1).repeat(32, axis=2)


def test_the_cosine_of_joined_signatures_is_the_mean_of_the_teachers_cosines(make_teacher):
    models = [make_teacher(1), make_teacher(2)]
    joined = Teachers(models)(PICTURES)
    cosines = np.zeros((3, 3))
    for model in models:
        network = SignatureNetwork(model)
        for one in range(3):
            for other in range(3):
                pair = [network(cv2.resize(PICTURES[index], (32, 64))) for index in (one, other)]
                lengths = np.prod([np.sqrt(np.sum(row.astype(float) ** 2)) for row in pair])
                cosines[one, other] += np.sum(pair[0].astype(float) * pair[1]) / lengths / 2
    np.testing.assert_allclose(joined @ joined.T, cosines, atol=1e-5)
    assert abs(cosines[0, 1] - 1) > 1e-3


def test_the_dimension_is_that_of_all_together(make_teacher):
    teachers = Teachers([make_teacher(1), make_teacher(2)])
    assert teachers.dimension == 2 * 64 == teachers(PICTURES).shape[1]


def test_a_teacher_that_makes_no_signatures_is_refused():
    with pytest.raises(ConfigError, match="yunet-n finds a face"):
        Teachers(["yunet-n"])


def test_axes_keep_inner_products_as_well_as_the_singular_vectors_do():
    rng = np.random.default_rng(0)
    rows = (rng.normal(size=(50, 12)) * np.linspace(3, 0.1, 12) + 1).astype(np.float32)
    axes = principal_axes(rows, 4)
    np.testing.assert_allclose(axes.T @ axes, np.eye(4), atol=1e-5)
    _, _, right = np.linalg.svd(rows.astype(np.float64), full_matrices=False)
    expected = right[:4].T @ right[:4]
    np.testing.assert_allclose(axes @ axes.T, expected, atol=1e-4)


def test_as_many_axes_as_numbers_lose_nothing():
    rows = np.random.default_rng(0).normal(size=(30, 6)).astype(np.float32)
    projected = rows @ principal_axes(rows, 6)
    np.testing.assert_allclose(projected @ projected.T, rows @ rows.T, atol=1e-4)
