"""Who can be told apart by a network that learns from what is seen."""

import numpy as np
import pytest

from passerby.train.obfuscator.fresh_attack import AttackSettings
from passerby.train.obfuscator.fresh_recognition import fresh_recognition
from passerby.train.obfuscator.pool import CropPool

SETTINGS = AttackSettings(steps=60, batch=8)


@pytest.fixture
def people(crops) -> CropPool:
    """Rectangles, each person of one bright colour."""
    return CropPool(crops(24, 1), crops(12, 2))


def test_people_of_their_own_colours_are_told_apart(people):
    assert fresh_recognition(people, lambda images: images, SETTINGS) > 0.9


def test_nobody_is_told_apart_where_all_look_alike(people):
    assert fresh_recognition(people, np.zeros_like, SETTINGS) == 0.5


def test_the_same_seed_finds_the_same(people):
    short = AttackSettings(steps=3, batch=4)
    first, again = (fresh_recognition(people, lambda images: images, short) for _ in range(2))
    assert first == again
