import cv2
import numpy as np
from sklearn.linear_model import LinearRegression

from passerby.attack.attacks.patch_ridge import patch_formula


def test_the_formula_is_that_of_least_squares():
    rng = np.random.default_rng(0)
    seen, clear = rng.integers(0, 256, (2, 3, 24, 20, 3)).astype(np.uint8)
    rows, answers = [], []
    for before, after in zip(seen, clear, strict=True):
        wide = np.pad(before, ((3, 3), (3, 3), (0, 0)), "reflect")
        for y in range(24):
            for x in range(20):
                rows.append(wide[y : y + 7, x : x + 7].ravel())
                answers.append(after[y, x])
    oracle = LinearRegression().fit(np.array(rows, float), np.array(answers, float))
    expected = oracle.predict(np.array(rows[:480], float)).reshape(24, 20, 3)
    found = patch_formula(seen, clear)(seen[0])
    np.testing.assert_allclose(found, expected.clip(0, 255), atol=0.6)


def test_small_filters_are_undone(crowd):
    """Three layers of convolution that can be inverted: more than 95 % comes back."""
    rng = np.random.default_rng(2)
    kernels = rng.uniform(-0.08, 0.08, (3, 3, 3))
    kernels[:, 1, 1] = 1

    def change(image):
        values = image.astype(np.float64) - 127
        for kernel in kernels:
            values = cv2.filter2D(values, cv2.CV_64F, kernel, borderType=cv2.BORDER_REFLECT_101)
        return np.rint(values * 0.6 + 127).clip(0, 255).astype(np.uint8)

    clear = crowd.images[:20]
    seen = np.stack([change(one) for one in clear])
    formula = patch_formula(seen[:14], clear[:14])
    rebuilt = np.stack([formula(one) for one in seen[14:]]).astype(float)
    left = np.square(rebuilt - clear[14:]).sum() / np.square(clear[14:] - clear.mean()).sum()
    assert left < 0.05


def test_black_pictures_become_the_mean():
    clear = np.random.default_rng(0).integers(0, 256, (3, 12, 12, 3)).astype(np.uint8)
    black = np.zeros_like(clear)
    found = patch_formula(black, clear)(black[0])
    np.testing.assert_allclose(found[5, 5], clear.mean(axis=(0, 1, 2)), atol=8)
    assert (found == found[0, 0]).all()


def test_the_same_seed_chooses_the_same_patches(crowd):
    seen, clear = 255 - crowd.images[:30], crowd.images[:30]
    one, same = (patch_formula(seen, clear, seed=3)(seen[0]) for _ in range(2))
    np.testing.assert_array_equal(one, same)
