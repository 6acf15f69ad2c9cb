from dataclasses import replace

import numpy as np
import pytest

from passerby.synth.head import HAIR_LENGTHS, head
from passerby.synth.identity import HATS, Identity
from passerby.synth.skeleton import Bone

PERSON = replace(Identity.random(1), hair_style="short", hat="none", beard=False, glasses=False)


def extent(identity):
    """Lowest and highest corner of everything on the shoulders."""
    vertices = np.concatenate([piece.mesh.vertices for piece in head(identity)])
    return vertices.min(axis=0), vertices.max(axis=0)


def test_a_bald_head_has_the_size_that_figures_are_drawn_with():
    low, high = extent(replace(PERSON, hair_style="bald")) / np.float64(PERSON.stature)
    assert high[2] == pytest.approx(1.0)
    assert high[2] - low[2] == pytest.approx(0.13, abs=0.01)


@pytest.mark.parametrize("style", HAIR_LENGTHS)
def test_hair_makes_the_head_larger(style):
    bald, haired = (extent(replace(PERSON, hair_style=hair)) for hair in ("bald", style))
    assert haired[1][2] > bald[1][2]
    assert haired[0][0] < bald[0][0]
    if style == "long":
        assert haired[0][2] < bald[0][2] - 0.08


@pytest.mark.parametrize("hat", [hat for hat in HATS if hat != "none"])
def test_a_hat_is_over_the_hair(hat):
    assert extent(replace(PERSON, hat=hat))[1][2] > extent(PERSON)[1][2]


def test_a_beard_is_a_matter_of_colour():
    shaved, bearded = (head(replace(PERSON, beard=beard))[0].mesh for beard in (False, True))
    np.testing.assert_array_equal(shaved.vertices, bearded.vertices)
    assert (shaved.colours != bearded.colours).any()


def test_heads_follow_the_head():
    for number in range(1, 20):
        for piece in head(Identity.random(number)):
            assert set(np.unique(piece.bones)) <= {Bone.HEAD, Bone.CHEST}
