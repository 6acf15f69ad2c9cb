import colorsys

import numpy as np
import pytest

from passerby.synth.wardrobe import _from_hue, cloth_colour, pick


@pytest.mark.parametrize("hue", np.linspace(0, 0.99, 12))
def test_hues_become_the_colours_that_colorsys_gives(hue):
    blue, green, red = _from_hue(hue, 0.5, 0.8)
    assert (red, green, blue) == pytest.approx(colorsys.hsv_to_rgb(hue, 0.5, 0.8))


def test_names_are_drawn_as_often_as_they_are_common():
    rng = np.random.default_rng(0)
    drawn = [pick(rng, {"often": 3, "seldom": 1, "never": 0}) for _ in range(2000)]
    assert drawn.count("often") / 2000 == pytest.approx(0.75, abs=0.04)
    assert "never" not in drawn


def test_without_strong_colours_all_cloth_is_grey():
    rng = np.random.default_rng(0)
    spread = [np.ptp(cloth_colour(rng, strong=0.0)) for _ in range(50)]
    assert max(spread) < 0.15
