import numpy as np

from passerby.synth.camera import Camera
from passerby.synth.light import LIGHTS, Light
from passerby.synth.mesh import box
from passerby.synth.shadow import Shadows

CAMERA = Camera.looking_at((0, 0, 8), (0, 0, 0), size=(320, 320))
SUN = Light((1.0, 0.0, 1.0), 1.0, 0.3, 0.2, 0.5, 0.01, (1, 1, 1), (1, 1, 1))


def test_a_shadow_falls_away_from_the_light_as_far_as_the_thing_is_high():
    thing = box((0.4, 0.4, 1.5), (0.5, 0.5, 0.5))
    everywhere = np.ones((320, 320), bool)
    image = np.full((320, 320, 3), 200, np.uint8)
    dark = Shadows(CAMERA, SUN, everywhere).cast(image, [(thing.vertices, thing.parts)])
    rows, columns = np.nonzero(dark[..., 0] < 150)
    corners = CAMERA.project(np.array([(-1.7, -0.2, 0), (0.2, 0.2, 0)]))[0]
    np.testing.assert_allclose((columns.min(), columns.max()), corners[:, 0], atol=5)
    np.testing.assert_allclose((rows.max(), rows.min()), corners[:, 1], atol=5)
    assert np.isclose(dark[160, 150], 100, atol=3).all()


def test_only_the_ground_is_darkened_and_the_given_picture_is_not():
    thing = box((2, 2, 1), (0.5, 0.5, 0.5))
    image = np.full((320, 320, 3), 200, np.uint8)
    ground = np.zeros((320, 320), bool)
    shadows = Shadows(CAMERA, LIGHTS["sunny"], ground)
    assert (shadows.cast(image, [(thing.vertices, thing.parts)]) == 200).all()
    assert (image == 200).all()
