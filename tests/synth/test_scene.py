import numpy as np

from passerby.synth.camera import Camera
from passerby.synth.light import LIGHTS
from passerby.synth.scene import Backdrop, Scene


def test_things_in_a_scene_leave_room_to_pass():
    things = Scene.random(4, obstacles=6).obstacles
    assert len(things) == 6
    for thing in things:
        for other in things:
            if other is not thing:
                rim = other.mesh.vertices[:, :2]
                assert np.linalg.norm(rim - thing.nearest(rim), axis=1).min() > 0.3


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
