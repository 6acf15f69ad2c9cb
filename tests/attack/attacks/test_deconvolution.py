import cv2
import numpy as np
import pytest

from passerby.attack.attacks.deconvolution import wiener_filter


def left(rebuilt, clear):
    """Share of the variance around the mean picture that is not explained."""
    return np.square(rebuilt - clear.astype(float)).sum() / np.square(clear - clear.mean(0)).sum()


def blurred(images, deviation):
    return np.stack([cv2.GaussianBlur(one, (0, 0), deviation) for one in images])


@pytest.mark.parametrize("deviation", [1.0, 2.0])
def test_blur_is_undone_in_part(crowd, deviation):
    seen = blurred(crowd.images, deviation)
    undo = wiener_filter(seen[:80], crowd.images[:80])
    rebuilt = np.stack([undo(one) for one in seen[80:]])
    assert left(rebuilt, crowd.images[80:]) < 0.7 * left(seen[80:], crowd.images[80:])


def test_a_filter_of_all_frequencies_is_undone():
    """A circular shift in a mirrored picture is none, so the kernel here is symmetric."""
    rng = np.random.default_rng(0)
    clear = rng.integers(60, 190, (30, 16, 16, 3)).astype(np.uint8)
    kernel = np.array([[0, -0.1, 0], [-0.1, 1, -0.1], [0, -0.1, 0]])
    seen = np.stack([cv2.filter2D(one, -1, kernel, borderType=cv2.BORDER_REFLECT) for one in clear])
    undo = wiener_filter(seen, clear)
    assert left(np.stack([undo(one) for one in seen]), clear) < 0.01


def test_constant_pictures_become_the_mean_picture(crowd):
    black = np.zeros_like(crowd.images[:10])
    found = wiener_filter(black, crowd.images[:10])(black[0])
    np.testing.assert_allclose(found, crowd.images[:10].mean(axis=0), atol=0.51)
