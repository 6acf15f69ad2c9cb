from dataclasses import replace

import numpy as np
import pytest
from scipy.fft import dctn

from passerby.attack.explained import BANDS, explained_of_people
from passerby.errors import InputError

GREY = np.full(3, 100.0)


def explained(people, rebuilt, colour=GREY):
    return {band: one.value for band, one in explained_of_people(people, rebuilt, colour)}


def test_the_picture_itself_explains_all_and_one_colour_nothing(crowd):
    few = crowd.take(np.arange(6))
    assert explained(few, few.images) == dict.fromkeys(BANDS, 1.0)
    flat = np.full_like(few.images, 100)
    assert explained(few, flat) == pytest.approx(dict.fromkeys(BANDS, 0.0), abs=1e-12)


def test_bands_are_those_of_the_cosine_transform(crowd):
    (few, other) = crowd.take(np.arange(3)), crowd.take(np.arange(3, 6))
    energies = {name: np.zeros(2) for name in BANDS[1:]}
    for clear, rebuilt, mask in zip(few.images, other.images, few.masks, strict=True):
        for top in range(0, 128, 8):
            for left in range(0, 64, 8):
                block = np.s_[top : top + 8, left : left + 8]
                if mask[block].mean() < 0.5:
                    continue
                for channel in range(3):
                    for part, guess in enumerate((rebuilt[block][..., channel], 100.0)):
                        values = clear[block][..., channel].astype(float) - guess
                        waves = dctn(values, norm="ortho")
                        for u in range(8):
                            for v in range(8):
                                name = BANDS[1 if u + v == 0 else 2 if u + v < 4 else 3]
                                energies[name][part] += waves[u, v] ** 2
    expected = {name: 1 - error / whole for name, (error, whole) in energies.items()}
    found = explained(few, other.images)
    assert {name: found[name] for name in BANDS[1:]} == pytest.approx(expected)


def test_all_is_of_the_pixels_of_people(crowd):
    few = crowd.take(np.arange(4))
    rebuilt = few.images.copy()
    rebuilt[~few.masks] = 0
    assert explained(few, rebuilt)["all"] == 1
    rebuilt = 255 - few.images
    people = few.images[few.masks].astype(float)
    whole = np.square(people - GREY).sum()
    expected = 1 - np.square(people - (255 - people)).sum() / whole
    assert explained(few, rebuilt)["all"] == pytest.approx(expected)


def test_blocks_keep_means_and_lose_detail(crowd):
    few = crowd.take(np.arange(6))
    blocks = few.images.reshape(6, 16, 8, 8, 8, 3).mean(axis=(2, 4))
    coarse = np.rint(blocks.repeat(8, axis=1).repeat(8, axis=2)).astype(np.uint8)
    found = explained(few, coarse)
    assert found["mean of 8x8"] == pytest.approx(1, abs=1e-3)
    assert found["coarse"] == pytest.approx(0, abs=1e-9)
    assert found["fine"] == pytest.approx(0, abs=1e-9)


def test_crops_too_small_or_without_people_are_refused(crowd):
    few = crowd.take(np.arange(2))
    nobody = replace(few, masks=np.zeros_like(few.masks))
    with pytest.raises(InputError, match="some must show people"):
        explained(nobody, few.images)
