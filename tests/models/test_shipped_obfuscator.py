"""The obfuscator that comes with passerby: small, honest, and people stay detectable."""

import numpy as np
import pytest

from passerby.detection.people import PeopleDetector
from passerby.detections import Kind
from passerby.geometry import intersection_over_union
from passerby.models.cards import MODELS
from passerby.models.lookup import locate
from passerby.models.obfuscation_network import ObfuscationNetwork
from passerby.models.training_card import training_card
from passerby.pipeline.obfuscation import measured_leak
from passerby.synth.camera import raised
from passerby.synth.people import World

CARD = MODELS["passerby-obfuscator"]


@pytest.fixture(scope="module")
def network() -> ObfuscationNetwork:
    return ObfuscationNetwork(locate(CARD.name), threads=1)


def test_it_is_small(network: ObfuscationNetwork) -> None:
    assert CARD.size <= 1_000_000
    assert network.card["macs_at_320x200"] <= 0.35e9


def test_its_file_says_what_its_card_says(network: ObfuscationNetwork) -> None:
    told = training_card(CARD)
    assert told is not None
    fresh = told["figures"]["fresh_attack"]["explained_people"]
    assert network.card["fresh_attackers"]["explained_variance"] == fresh
    assert told["figures"]["boxes_only"]["explained_people"] < fresh < 1
    assert "outlines" in told["does_not_hide"]


def test_no_formula_gives_people_back(network: ObfuscationNetwork) -> None:
    assert measured_leak(network).explained < 0.7


def test_most_people_who_do_not_exist_are_still_found(network: ObfuscationNetwork) -> None:
    find = PeopleDetector()
    there = kept = 0
    for seed in range(4):
        world = World.random(seed, 8, obstacles=0, half=(3.0, 3.0), light="overcast")
        camera = raised(np.zeros(2), 0.3, 8.0, name="raised", size=(640, 384))
        (shot,) = world.shots(camera, world.moments(1), 25.0)
        clear, seen = (
            find(image).of_kind(Kind.PERSON).boxes for image in (shot.image, network(shot.image))
        )
        there += len(clear)
        kept += int((intersection_over_union(clear, seen).max(axis=1, initial=0) > 0.5).sum())
    assert there > 15
    assert kept > 0.5 * there
