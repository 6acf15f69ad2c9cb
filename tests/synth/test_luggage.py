from dataclasses import replace

import pytest

from passerby.synth.identity import _BAGS, Identity
from passerby.synth.luggage import bag

PERSON = Identity.random(1)


@pytest.mark.parametrize("kind", [kind for kind in _BAGS if kind != "none"])
def test_a_bag_follows_one_bone_and_is_above_the_ground(kind):
    (piece,) = bag(replace(PERSON, bag=kind))
    assert (piece.bones == piece.bones[0, 0]).all()
    assert piece.mesh.vertices[:, 2].min() > 0.2


def test_a_backpack_is_on_the_back():
    (piece,) = bag(replace(PERSON, bag="backpack"))
    assert piece.mesh.vertices[:, 0].max() < 0


def test_nothing_is_nothing():
    assert bag(replace(PERSON, bag="none")) == []


def test_who_carries_something_lets_that_arm_hang():
    people = [Identity.random(number) for number in range(1, 200)]
    assert {one.gait.rest for one in people if one.bag in ("hand", "case")} == {"hang"}
