import numpy as np

from passerby.synth.backdrop import BAND, Backdrop
from passerby.synth.camera import Camera
from passerby.synth.light import LIGHTS
from passerby.synth.scene import Scene


def test_a_level_camera_sees_the_ground_below_the_horizon_only():
    camera = Camera.looking_at((0, 0, 1.6), (1, 0, 1.6), size=(64, 36))
    backdrop = Backdrop.of(Scene.random(2), camera, LIGHTS["overcast"])
    assert not backdrop.is_ground[:18].any()
    assert backdrop.is_ground[-1].all()


def test_a_camera_straight_down_sees_only_ground():
    camera = Camera.looking_at((0, 0, 4), (0, 0, 0), size=(64, 36))
    assert Backdrop.of(Scene.random(2), camera, LIGHTS["sunny"]).is_ground.all()


def test_the_sky_is_above_the_walls():
    scene, light = Scene.random(2), LIGHTS["dusk"]
    camera = Camera.looking_at((0, 0, 1.6), (0.2, 0, 4), size=(64, 36))
    image = Backdrop.of(scene, camera, light).image
    np.testing.assert_allclose(image[0, 32], np.array(light.sky) * 255, atol=1)


def test_bands_fit_together():
    camera = Camera.looking_at((0, 0, 3), (4, 1, 0), size=(50, 2 * BAND + 7))
    image = Backdrop.of(Scene.random(5), camera, LIGHTS["overcast"]).image.astype(int)
    steps = np.abs(np.diff(image, axis=0)).mean(axis=(1, 2))
    seams = steps[[BAND - 1, 2 * BAND - 1]]
    assert seams.max() < 3 * np.median(steps)
