import numpy as np
import pytest

from passerby.synth.light import LIGHTS


@pytest.mark.parametrize("name", LIGHTS)
def test_what_faces_the_light_is_brighter_than_what_turns_away(name):
    light = LIGHTS[name]
    colours = np.full((2, 3), 0.4)
    bright, dark = light.shade(colours, np.stack([light.towards, -light.towards]))
    assert bright.mean() > dark.mean() > 0
    assert bright.max() <= 1


@pytest.mark.parametrize("name", LIGHTS)
def test_lights_stand_above_the_ground(name):
    assert np.linalg.norm(LIGHTS[name].towards) == pytest.approx(1)
    assert LIGHTS[name].towards[2] > 0.3


def test_night_is_darker_than_day():
    up = np.array([[0.0, 0, 1]])
    grey = np.full((1, 3), 0.5)
    assert LIGHTS["night"].shade(grey, up).mean() < 0.75 * LIGHTS["sunny"].shade(grey, up).mean()
