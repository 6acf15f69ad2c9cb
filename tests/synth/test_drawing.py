import numpy as np
import pytest

from passerby.synth.camera import Camera
from passerby.synth.drawing import draw
from passerby.synth.light import LIGHTS
from passerby.synth.mesh import Mesh, box

LIGHT = LIGHTS["overcast"]
RED, BLUE = (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)


def seen(mesh, camera):
    return draw(mesh, mesh.vertices, *camera.project(mesh.vertices), LIGHT)


@pytest.mark.parametrize("side", [0.5, 2.0])
def test_a_square_covers_as_many_pixels_as_its_size_and_distance_say(side):
    camera = Camera.looking_at((0, 0, 5), (0, 0, 0), size=(640, 360), field_of_view=90)
    sprite = seen(box((side, side, 1), RED), camera)
    expected = side * camera.focal / 4
    assert np.sqrt(sprite.opacity.sum() / 255) == pytest.approx(expected, abs=0.75)
    rows = np.flatnonzero(sprite.opacity.max(axis=1) > 127) + sprite.top
    assert rows[0] == pytest.approx(180 - expected / 2, abs=1)
    assert rows[-1] == pytest.approx(180 + expected / 2, abs=1)


def test_the_nearer_of_two_things_is_in_front_whatever_their_order():
    camera = Camera.looking_at((0, -6, 1), (0, 0, 1), size=(320, 320))
    near, far = box((1, 1, 2), RED).moved((0, -1, 0)), box((1, 1, 2), BLUE).moved((0, 2, 0))
    for order in ([near, far], [far, near]):
        sprite = seen(Mesh.joined(order), camera)
        middle = sprite.pixels[160 - sprite.top, 160 - sprite.left]
        assert middle[2] > 100
        assert middle[0] < 20
