"""Fresh attackers find what is there, and nothing where there is nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from passerby.errors import ConfigError
from passerby.train.obfuscator import fresh_attack as fresh_attack_module
from passerby.train.obfuscator.fresh_attack import (
    AttackPairs,
    AttackSettings,
    boxes_only,
    fresh_attack,
    fresh_attacker,
    pairs_of,
)

SETTINGS = AttackSettings(size="small", steps=60, batch=4, rate=0.01, measured=2)


def attacked(crops, obfuscate, settings=SETTINGS):
    return fresh_attack(
        pairs_of(crops(24, 1), obfuscate), pairs_of(crops(8, 2), obfuscate), settings
    )


class Inverts(torch.nn.Module):
    """An attacker that has found out."""

    def __init__(self, size):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(()))

    def forward(self, seen, mean):
        return 1 - seen + 0 * self.weight


def test_inverted_colours_are_seen_through(crops, monkeypatch):
    """Every measure of distance between clear and obfuscated pictures calls this excellent."""
    monkeypatch.setattr(fresh_attack_module, "_Attacker", Inverts)
    short = replace(SETTINGS, steps=4)
    found = attacked(crops, lambda images: 255 - images, short)
    assert found.explained == pytest.approx(1, abs=1e-6)
    assert found.everywhere == pytest.approx(1, abs=1e-6)
    assert [step for step, _ in found.curve] == [2, 4]
    assert attacked(crops, np.copy, short).explained < 0


@pytest.mark.slow
def test_black_tells_nothing(crops):
    found = attacked(crops, np.zeros_like, replace(SETTINGS, steps=40, measured=1))
    assert found.explained < 0.05


def test_the_same_seed_gives_the_same_attack_and_leaves_the_generator_alone(crops):
    short = replace(SETTINGS, steps=2, measured=1)
    first, second = (attacked(crops, np.copy, short) for _ in range(2))
    assert first == second
    other = attacked(crops, np.copy, replace(short, seed=1))
    assert other != first


def test_progress_is_told(crops):
    pairs, done = pairs_of(crops(2, 0), np.copy), []
    fresh_attack(pairs, pairs, replace(SETTINGS, steps=3, measured=1), progress=done.append)
    assert done == [1, 2, 3]


def test_boxes_alone_are_white_boxes(crops):
    some = crops(2, 0)
    seen = boxes_only(some).seen
    assert np.array_equal(seen.all(axis=3), some.people)
    assert set(np.unique(seen)) == {0, 255}


def test_pairs_must_fit(crops):
    some = crops(2, 0)
    with pytest.raises(ConfigError, match="same N, H and W"):
        AttackPairs(some.images, some.images[:1], some.means, some.people)
    with pytest.raises(ConfigError, match="mark them"):
        AttackPairs(some.images, some.images, some.means, np.zeros_like(some.people))


@pytest.mark.parametrize("change", [{"steps": 0}, {"batch": 0}, {"measured": 0}])
def test_an_attack_of_nothing_is_refused(change):
    with pytest.raises(ConfigError, match="at least 1"):
        AttackSettings(**change)


def test_an_attacker_that_is_kept_rebuilds_pictures(crops, monkeypatch):
    monkeypatch.setattr(fresh_attack_module, "_Attacker", Inverts)
    train, test = (pairs_of(crops(8, seed), lambda images: 255 - images) for seed in (1, 2))
    attacker = fresh_attacker(train, test, replace(SETTINGS, steps=2))
    np.testing.assert_array_equal(attacker(test.seen, test.mean), test.clear)
    assert attacker.found == fresh_attack(train, test, replace(SETTINGS, steps=2))
