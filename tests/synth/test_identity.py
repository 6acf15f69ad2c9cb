from dataclasses import astuple

import numpy as np

from passerby.synth.identity import Identity
from passerby.synth.pattern import PATTERNS


def traits(identity):
    return identity.stature, identity.gait, identity.skin, astuple(identity.top), identity.hat


def test_the_same_number_and_seed_are_the_same_person():
    assert traits(Identity.random(7, seed=3)) == traits(Identity.random(7, seed=3))


def test_other_numbers_and_seeds_are_other_people():
    people = [Identity.random(number, seed) for number in range(1, 30) for seed in (0, 1)]
    assert len({traits(person) for person in people}) == len(people)


def test_measures_and_colours_are_possible():
    for number in range(1, 200):
        person = Identity.random(number)
        assert 1.1 < person.stature < 2.1
        assert 0.5 < person.gait.speed < 2.2
        for colour in (person.skin, person.hair, person.top.colour, person.shoes):
            assert (np.array(colour) > 0).all()
            assert (np.array(colour) < 1).all()
        assert person.top.pattern in PATTERNS


def test_the_population_is_mixed():
    people = [Identity.random(number) for number in range(1, 200)]
    assert len({person.hair_style for person in people}) == 6
    assert len({person.top.kind for person in people}) == 6
    assert len({person.bottom.kind for person in people}) == 4
    assert {person.hat for person in people} >= {"none", "cap", "scarf"}
    assert {person.bag for person in people} >= {"none", "backpack", "hand"}
