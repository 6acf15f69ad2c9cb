import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.errors import ConfigError
from passerby.synth.camera import Camera, ceiling, eye_level, raised

SIZE = (640, 360)
CAMERAS = [
    eye_level(np.array([1.0, -2.0]), 0.7, 6.0, name="eye", size=SIZE),
    raised(np.zeros(2), 4.0, 8.0, name="mast", size=SIZE),
    ceiling(np.array([0.5, 0.5]), 4.0, name="door", size=SIZE),
    Camera.looking_at((3, 4, 5), (0, 0, 1), size=(101, 77), field_of_view=90),
]


@pytest.mark.parametrize("camera", CAMERAS, ids=lambda camera: camera.name)
def test_points_are_projected_as_opencv_projects_them(camera):
    rng = np.random.default_rng(0)
    points = camera.position + (rng.uniform(-3, 3, (50, 3)) + np.array([0, 0, 5])) @ camera.rotation
    turn, _ = cv2.Rodrigues(camera.rotation)
    expected, _ = cv2.projectPoints(points, turn, camera.translation, camera.matrix, None)
    pixels, depth = camera.project(points)
    np.testing.assert_allclose(pixels, expected[:, 0], atol=1e-6)
    assert (depth > 0).all()


@pytest.mark.parametrize("camera", CAMERAS, ids=lambda camera: camera.name)
def test_rotation_turns_and_does_not_mirror(camera):
    np.testing.assert_allclose(camera.rotation @ camera.rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(camera.rotation) == pytest.approx(1)


def test_what_a_camera_looks_at_is_in_the_middle_and_up_is_up():
    camera = Camera.looking_at((0, -5, 2), (1, 1, 1), size=SIZE)
    (middle, above, right), _ = camera.project(np.array([(1, 1, 1), (1, 1, 1.5), (2, 1, 1.0)]))
    np.testing.assert_allclose(middle, (320, 180), atol=1e-9)
    assert above[1] < middle[1]
    assert right[0] > middle[0]


def test_the_field_of_view_is_what_was_asked_for():
    camera = Camera.looking_at((0, 0, 1), (1, 0, 1), size=SIZE, field_of_view=90)
    pixels, _ = camera.project(np.array([(2.0, 2.0, 1.0), (2.0, -2.0, 1.0)]))
    np.testing.assert_allclose(pixels[:, 0], (0, 640), atol=1e-9)


@given(st.integers(0, 639), st.integers(0, 359), st.floats(0.5, 20))
def test_a_ray_passes_through_its_pixel(x, y, distance):
    camera = CAMERAS[0]
    point = camera.position + camera.rays()[y, x] / camera.focal * distance
    np.testing.assert_allclose(camera.project(point[None])[0][0], (x + 0.5, y + 0.5), atol=1e-6)


def test_what_lies_behind_is_not_seen():
    camera = Camera.looking_at((0, 0, 1), (1, 0, 1), size=SIZE)
    assert camera.sees(np.array([(2.0, 0, 1), (-2.0, 0, 1), (2.0, 9, 1)])).tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"size": (0, 360)}, "0x360"),
        ({"field_of_view": 180.0}, r"180\.0"),
        ({"target": (0, 0, 1)}, "own position"),
    ],
)
def test_an_impossible_camera_is_refused(options, complaint):
    with pytest.raises(ConfigError, match=complaint):
        Camera.looking_at(**{"position": (0, 0, 1), "target": (1, 0, 1), **options})
