import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.runs.link.camera import CameraFilm
from passerby.runs.link.scene import LinkedScene, check_cameras


def test_people_have_one_number_before_all_cameras(scene):
    assert [one.number for one in scene.tracks] == [1, 2, 3, 4, 5, 6, 7]
    assert scene.identities == {1: 1, 2: 2, 3: 3, 4: 2, 5: 1, 6: 3, 7: 4}
    hall, stairs = scene.people()
    assert set(hall.ids) == {1, 2, 3}
    assert set(stairs.ids) == {1, 2, 3, 4}
    assert stairs.frames.min() == 121


def test_boxes_are_those_of_the_tracks(scene):
    _, stairs = scene.trajectories()
    own = stairs.ids == 5
    np.testing.assert_allclose(stairs.boxes[own], scene.films[1].tracks[1].path.boxes)


def test_a_camera_that_saw_nobody_is_empty(scene):
    films = (scene.films[0], CameraFilm("stairs", (), 300, 30.0))
    alone = LinkedScene(films, scene.graph, scene.model, 0.8)
    assert alone.links == []
    assert [len(one) for one in alone.people()] == [150, 0]


@pytest.mark.parametrize("names", [["hall", "garden"], ["hall", "hall"]])
def test_films_of_no_camera_are_refused(names, scene):
    with pytest.raises(ConfigError):
        check_cameras(names, scene.graph)
    check_cameras(["stairs"], scene.graph)
