from dataclasses import replace

import numpy as np
import pytest

from passerby.synth.clothes import clothes
from passerby.synth.identity import MEN, WOMEN, Identity
from passerby.synth.mesh import Mesh
from passerby.synth.wardrobe import Garment

SKIN = (0.5, 0.6, 0.8)
RED, BLUE = (0.05, 0.05, 0.9), (0.9, 0.05, 0.05)
PERSON = replace(Identity.random(1), skin=SKIN, bag="none", shoes=(0.1, 0.1, 0.1))


def dressed(top, bottom):
    pieces = clothes(
        replace(
            PERSON,
            top=Garment(top, "plain", RED, RED, 1.05),
            bottom=Garment(bottom, "plain", BLUE, BLUE, 1.05),
        )
    )
    return Mesh.joined([piece.mesh for piece in pieces])


def heights(mesh, colour):
    """Lowest and highest middle of a quad of this colour, as shares of the stature."""
    z = mesh.vertices[mesh.quads].mean(axis=1)[(mesh.colours == colour).all(axis=1), 2]
    return (z.min() / PERSON.stature, z.max() / PERSON.stature) if len(z) else None


@pytest.mark.parametrize("top", WOMEN.tops)
def test_every_top_covers_the_chest(top):
    low, high = heights(dressed(top, "jeans"), RED)
    assert low < 0.6
    assert high > 0.8


@pytest.mark.parametrize("bottom", WOMEN.bottoms)
def test_every_bottom_ends_where_it_should(bottom):
    low, high = heights(dressed("shirt", bottom), BLUE)
    assert high < 0.62
    assert low == pytest.approx({"shorts": 0.33, "skirt": 0.33}.get(bottom, 0.04), abs=0.04)


def test_short_sleeves_and_shorts_show_skin_that_long_ones_cover():
    def bare(top, bottom):
        return (dressed(top, bottom).colours == SKIN).all(axis=1).sum()

    assert bare("t-shirt", "jeans") > bare("sweater", "jeans")
    assert bare("sweater", "shorts") > bare("sweater", "trousers")
    assert bare("dress", "jeans") > bare("sweater", "jeans")


def test_all_kinds_are_known():
    assert set(MEN.tops) <= set(WOMEN.tops)
    assert set(MEN.bottoms) <= set(WOMEN.bottoms)


def test_both_sides_are_alike():
    vertices = dressed("shirt", "trousers").vertices
    low, high = vertices[:, 1].min(), vertices[:, 1].max()
    assert -low == pytest.approx(high)
    assert np.isclose(vertices[:, 2].min(), 0)
