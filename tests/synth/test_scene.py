import numpy as np

from passerby.synth.scene import Scene


def test_things_in_a_scene_leave_room_to_pass():
    things = Scene.random(4, obstacles=6).obstacles
    assert len(things) == 6
    for thing in things:
        for other in things:
            if other is not thing:
                rim = other.mesh.vertices[:, :2]
                assert np.linalg.norm(rim - thing.nearest(rim), axis=1).min() > 0.3
