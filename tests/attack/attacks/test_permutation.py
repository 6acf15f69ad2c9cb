import numpy as np
import pytest

from passerby.attack.attacks import ATTACKS
from passerby.attack.attacks.permutation import pixel_origins


def test_every_pixel_is_found_again():
    rng = np.random.default_rng(0)
    clear = rng.integers(0, 256, (10, 20, 15, 3)).astype(np.uint8)
    order = rng.permutation(300)
    seen = clear.reshape(10, 300, 3)[:, order].reshape(clear.shape)
    origins = pixel_origins(seen, clear)
    np.testing.assert_array_equal(order[origins], np.arange(300))


def test_it_is_the_nearest_by_a_slow_search():
    rng = np.random.default_rng(1)
    seen, clear = rng.integers(0, 256, (2, 4, 6, 5, 3)).astype(np.uint8)
    before, after = (one.reshape(4, 30, 3).astype(int) for one in (seen, clear))
    nearest = [
        int(np.argmin([np.square(after[:, a] - before[:, b]).sum() for b in range(30)]))
        for a in range(30)
    ]
    assert pixel_origins(seen, clear).tolist() == nearest


@pytest.mark.parametrize("kind", ["pixels", "blocks"])
def test_scrambled_people_come_back_whole(case_for, kind):
    rng = np.random.default_rng(5)
    pixels, blocks = rng.permutation(128 * 64), rng.permutation(128)

    def scramble(picture):
        if kind == "pixels":
            return picture.reshape(-1, 3)[pixels].reshape(picture.shape)
        cut = picture.reshape(16, 8, 8, 8, 3).swapaxes(1, 2).reshape(128, 8, 8, 3)[blocks]
        return cut.reshape(16, 8, 8, 8, 3).swapaxes(1, 2).reshape(picture.shape)

    case = case_for(scramble)
    rebuilt = ATTACKS["permutation"].fit(case).rebuild(case.test.seen)
    assert (rebuilt == case.test.clear.images).mean() > 0.99
