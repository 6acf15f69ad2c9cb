"""Updates as plain arithmetic, against loops over single numbers."""

from math import isnan, sqrt

import numpy as np
import pytest

from passerby.train.federated.update import (
    Contribution,
    difference,
    noisy,
    norm,
    shortened,
    with_mean_update,
)


def weights(seed, scale=1.0):
    rng = np.random.default_rng(seed)
    return {
        "a": rng.normal(0, scale, (2, 3)).astype(np.float32),
        "b": rng.normal(0, scale, (4,)).astype(np.float32),
    }


def slow_mean(before, contributions):
    """Add the mean of all updates, number by number, in which each image counts once."""
    after = {}
    for name, part in before.items():
        after[name] = part.copy()
        for place in np.ndindex(part.shape):
            total, images = 0.0, 0
            for one in contributions:
                for _ in range(one.images):
                    total += float(one.update[name][place])
                    images += 1
            after[name][place] = float(part[place]) + total / images
    return after


def test_each_image_counts_alike_in_the_mean():
    before = weights(0)
    some = [Contribution(str(n), weights(n), images) for n, images in ((1, 3), (2, 7), (3, 1))]
    after, expected = with_mean_update(before, some), slow_mean(before, some)
    for name in before:
        assert after[name].dtype == np.float32
        np.testing.assert_allclose(after[name], expected[name], rtol=1e-6)


def test_what_nobody_sends_stays_as_it_is():
    before = weights(0)
    after = with_mean_update(before, [Contribution("one", {"a": before["a"]}, 5)])
    np.testing.assert_array_equal(after["b"], before["b"])
    np.testing.assert_allclose(after["a"], 2 * before["a"])


def test_one_site_alone_gets_back_what_it_learned():
    before, learned = weights(0), weights(1)
    update = difference(learned, before, learned)
    after = with_mean_update(before, [Contribution("one", update, 9)])
    for name in before:
        np.testing.assert_allclose(after[name], learned[name], atol=1e-6)


def test_the_norm_is_that_of_one_long_vector():
    update = weights(4)
    numbers = [float(x) for part in update.values() for x in part.ravel()]
    assert norm(update) == pytest.approx(sqrt(sum(x * x for x in numbers)))
    assert isnan(norm({"a": np.array([1.0, np.nan], np.float32)}))


@pytest.mark.parametrize("longest", [0.1, 1.0, 1e6])
def test_clipping_shortens_and_keeps_the_direction(longest):
    update = weights(5)
    short = shortened(update, longest)
    assert norm(short) == pytest.approx(min(longest, norm(update)), rel=1e-5)
    first, second = (
        np.concatenate([part.ravel() for part in one.values()]) for one in (update, short)
    )
    cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
    assert cosine == pytest.approx(1, abs=1e-6)


def test_an_update_of_zeros_stays_so():
    zeros = {"a": np.zeros(3, np.float32)}
    np.testing.assert_array_equal(shortened(zeros, 1.0)["a"], zeros["a"])


def test_noise_has_the_deviation_that_was_asked_for_and_no_mean():
    zeros = {"a": np.zeros((300, 300), np.float32)}
    noise = noisy(zeros, 0.5, np.random.default_rng(0))["a"]
    assert noise.std() == pytest.approx(0.5, rel=0.02)
    assert abs(noise.mean()) < 4 * 0.5 / 300
    assert noise.dtype == np.float32
