"""Inpainting: Laplace's equation written out densely, pixel by pixel, and solved by NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import diags_array, eye_array, kron
from scipy.sparse.linalg import spsolve

from passerby.anonymization.operators import OPERATORS, inpaint
from passerby.anonymization.patches import Patch
from passerby.detections import Mask
from passerby.types import Image

IMAGE = np.random.default_rng(4).integers(0, 256, (14, 17, 3), np.uint8)


def slow_inpaint(image: Image, unknown: Mask) -> np.ndarray:
    """Each unknown pixel is the mean of those of its four neighbours that lie in the image."""
    height, width = unknown.shape
    numbers = {tuple(pixel): n for n, pixel in enumerate(np.argwhere(unknown))}
    matrix, known = np.zeros((len(numbers), len(numbers))), np.zeros((len(numbers), 3))
    for (y, x), row in numbers.items():
        for pixel in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if not (0 <= pixel[0] < height and 0 <= pixel[1] < width):
                continue
            matrix[row, row] += 1
            if pixel in numbers:
                matrix[row, numbers[pixel]] -= 1
            else:
                known[row] += image[pixel]
    output = image.astype(np.float64)
    output[unknown] = np.linalg.solve(matrix, known)
    return output


def unknown_of(patch: Patch) -> Mask:
    unknown = np.zeros(IMAGE.shape[:2], np.bool_)
    unknown[patch.area] = True if patch.mask is None else patch.mask
    return unknown


SIDES = st.tuples(st.integers(0, 16), st.integers(0, 13), st.integers(1, 17), st.integers(1, 14))
BOXES = SIDES.filter(lambda b: b[0] < b[2] and b[1] < b[3] and b != (0, 0, 17, 14))


@pytest.mark.slow
@settings(max_examples=60)
@given(BOXES)
def test_a_box_solves_the_equation(box: tuple[int, int, int, int]) -> None:
    patch = Patch(box)
    found = OPERATORS["inpaint"](IMAGE, patch, None, 0)
    expected = slow_inpaint(IMAGE, unknown_of(patch))[patch.area]
    assert np.abs(found - expected).max() <= 0.5 + 1e-6


@settings(max_examples=60)
@given(BOXES, st.integers(0, 99))
def test_a_silhouette_solves_the_equation(box: tuple[int, int, int, int], seed: int) -> None:
    shape = Patch(box).height, Patch(box).width
    mask = np.random.default_rng(seed).random(shape) < 0.7
    mask[0, 0] = True
    patch = Patch(box, mask)
    found = OPERATORS["inpaint"](IMAGE, patch, None, 0)
    expected = slow_inpaint(IMAGE, unknown_of(patch))[patch.area]
    assert np.abs(found - expected)[mask].max() <= 0.5 + 1e-6


def test_a_silhouette_of_a_head_is_as_scipy_solves_it() -> None:
    """Too many pixels to write the equation out densely."""
    height, width = 60, 45
    image = np.random.default_rng(5).integers(0, 256, (height, width, 3), np.uint8)
    y, x = np.ogrid[:height, :width]
    mask = ((y - 25) / 30) ** 2 + ((x - 20) / 22) ** 2 < 1  # it reaches the upper edge
    mask[30, 10:30] = False
    found = inpaint.inpaint_mask(image, mask)
    np.testing.assert_array_equal(found[~mask], image[~mask])
    apart = diags_array([np.ones(height - 1)] * 2, offsets=(-1, 1))
    beside = diags_array([np.ones(width - 1)] * 2, offsets=(-1, 1))
    adjacent = (kron(apart, eye_array(width)) + kron(eye_array(height), beside)).tocsr()
    unknown = mask.ravel()
    degrees = diags_array(adjacent.sum(axis=1))
    matrix = (degrees - adjacent)[unknown]
    known = -(matrix[:, ~unknown] @ image.reshape(-1, 3)[~unknown].astype(np.float64))
    expected = spsolve(matrix[:, unknown].tocsc(), known)
    np.testing.assert_allclose(found[mask], expected, atol=1e-9)


@pytest.mark.parametrize("count", [1, 2, 3, 40])
@pytest.mark.parametrize("given", [(False, False), (False, True), (True, False), (True, True)])
def test_the_eigenvectors_are_those_of_the_second_difference(
    count: int, given: tuple[bool, bool]
) -> None:
    difference = 2 * np.eye(count) - np.eye(count, k=1) - np.eye(count, k=-1)
    difference[0, 0] -= not given[0]
    difference[-1, -1] -= not given[1]
    values, vectors = inpaint._eigen(count, *given)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(count), atol=1e-12)
    np.testing.assert_allclose(difference @ vectors, vectors * values, atol=1e-12)


def test_a_large_silhouette_is_solved_over_its_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inpaint, "_LARGEST_MASK", 20)
    patch = Patch((2, 3, 9, 9), np.tri(6, 7, 2, dtype=np.bool_))
    found = OPERATORS["inpaint"](IMAGE, patch, None, 0)
    np.testing.assert_array_equal(found, OPERATORS["inpaint"](IMAGE, Patch(patch.box), None, 0))


def test_a_huge_box_gets_its_mean_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inpaint, "_LARGEST_SIDE", 6)
    patch = Patch((2, 3, 9, 9))
    found = OPERATORS["inpaint"](IMAGE, patch, None, 0)
    np.testing.assert_array_equal(found, OPERATORS["blank"](IMAGE, patch, None, 0))


def test_the_whole_image_falls_back_to_its_mean_colour() -> None:
    found = OPERATORS["inpaint"](IMAGE, Patch((0, 0, 17, 14)), None, 0)
    np.testing.assert_array_equal(found, OPERATORS["blank"](IMAGE, Patch((0, 0, 17, 14)), None, 0))


def test_a_silhouette_of_the_whole_image_falls_back_too() -> None:
    patch = Patch((0, 0, 17, 14), np.ones((14, 17), np.bool_))
    found = OPERATORS["inpaint"](IMAGE, patch, None, 0)
    np.testing.assert_array_equal(found, OPERATORS["blank"](IMAGE, patch, None, 0))


def test_nothing_of_the_patch_itself_is_left() -> None:
    patch = Patch((4, 4, 12, 12))
    other = IMAGE.copy()
    other[patch.area] = 0
    np.testing.assert_array_equal(
        OPERATORS["inpaint"](IMAGE, patch, None, 0), OPERATORS["inpaint"](other, patch, None, 0)
    )
