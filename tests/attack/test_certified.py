import json
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch")  # of a network that says itself how much it lets through

from passerby.anonymization import Anonymizer, Strength
from passerby.anonymization.operators.noise import add_noise
from passerby.anonymization.operators.pixelate import pixelate
from passerby.attack.certified import certified_bits
from passerby.models.obfuscators.silhouette import SilhouetteObfuscator

SIZE = 128, 64


def bits(operator, regions=("people",), strength=None, **more):
    parsed = None if strength is None else Strength.parse(strength)
    made = Anonymizer(operator=operator, regions=regions, strength=parsed, **more)
    return certified_bits(made, SIZE)


def test_what_is_always_the_same_says_nothing():
    assert bits("blackout") == 0
    assert bits("blackout", ("frame",)) == 0
    assert bits("silhouette") == 0


def test_a_mean_colour_is_one_of_all_colours():
    assert bits("blank") == 24


@pytest.mark.parametrize(("strength", "cells"), [(None, 36), ("16px", 4 * 8), ("1", 1)])
def test_a_mosaic_has_a_colour_for_each_cell(strength, cells):
    assert bits("pixelate", strength=strength) == 24 * cells
    picture = np.random.default_rng(0).integers(0, 256, (*SIZE, 3)).astype(np.uint8)
    sides = {36: (6, 6), 32: (4, 8), 1: (1, 1)}[cells]
    assert len(np.unique(pixelate(picture, *sides).reshape(-1, 3), axis=0)) == cells


def test_fewer_levels_are_a_code():
    assert bits("quantize", strength="4") == 2 * 3 * 128 * 64


def test_noise_tells_less_than_the_capacity_of_its_channel():
    """Two inputs as far apart as can be: what a value tells is at most what the bound says."""
    one = bits("noise", strength="200%") / (3 * 128 * 64)
    assert one == pytest.approx(np.log2(1 + (127.5 / 510) ** 2) / 2)
    rng = np.random.default_rng(0)
    given = rng.integers(0, 2, 200_000)
    pixels = (255 * given).astype(np.uint8).reshape(1, -1, 1).repeat(3, axis=2)
    seen = add_noise(pixels, 510, 0)[0, :, 0]
    joint = np.histogram2d(given, seen, bins=(2, 256))[0] / len(given)
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
    known = joint > 0
    told = (joint[known] * np.log2(joint[known] / apart[known])).sum()
    assert 0.5 * one < told < one


@pytest.mark.parametrize("operator", ["gaussian", "median", "inpaint"])
def test_without_a_bound_none_is_given(operator):
    assert bits(operator) is None


def test_what_is_left_beside_a_region_tells_all():
    assert bits("blackout", ("heads",)) is None
    assert certified_bits(Anonymizer(preset="van-rooijen-black"), SIZE) is None


def test_a_network_of_few_levels_is_bounded_as_it_says_itself():
    for levels in (2, 4, 7):
        card = {"architecture": "silhouette", "options": {"levels": levels}}
        network = SimpleNamespace(card={"card": card})
        made = Anonymizer(operator="learned", regions=("frame",), network=network)
        own = SilhouetteObfuscator(channels=8, levels=levels).most_bits(*SIZE)
        assert certified_bits(made, SIZE) == pytest.approx(own)
    other = SimpleNamespace(card=json.loads('{"card": {"architecture": "unet"}}'))
    made = Anonymizer(operator="learned", regions=("frame",), network=other)
    assert certified_bits(made, SIZE) is None
