import numpy as np
import pytest

from passerby.synth.body import Body
from passerby.synth.camera import Camera
from passerby.synth.figure import Figure
from passerby.synth.identity import Identity
from passerby.synth.light import LIGHTS
from passerby.synth.place import Place

BODY = Body.of(Identity.random(2))
CAMERA = Camera.looking_at((0, -6, 1.2), (0, 0, 1.2), size=(640, 360))


def figure(x, y, heading=0.0, speed=0.0):
    return Figure.of(BODY, Place(0, (x, y), heading, speed, 0.0), 0.0, CAMERA)


def test_somebody_stands_where_their_place_says():
    for heading in (0.0, 1.0, 3.0):
        vertices = figure(2.0, 1.0, heading).vertices
        np.testing.assert_allclose(vertices[:, :2].mean(axis=0), (2, 1), atol=0.15)
        assert vertices[:, 2].min() == pytest.approx(0)


def test_a_heading_of_zero_looks_along_x():
    shoes = figure(0, 0).vertices
    shoes = shoes[shoes[:, 2] < 0.04]
    assert shoes[:, 0].max() > 0.15 > -shoes[:, 0].min()


@pytest.mark.parametrize(
    ("x", "y", "inside"),
    [(0, 0, True), (3, 0, True), (9, 0, False), (0, -12, False), (0, -6, False), (0, 40, True)],
)
def test_who_is_outside_behind_or_at_the_lens_is_not_drawn(x, y, inside):
    assert figure(x, y).within(CAMERA) is inside


def test_boxes_are_the_extent_of_what_is_drawn():
    someone = figure(0.5, 0.0)
    sprite = someone.drawn(LIGHTS["overcast"], motion=np.zeros(2))
    rows, columns = np.nonzero(sprite.opacity > 127)
    drawn = (
        sprite.left + columns.min(),
        sprite.top + rows.min(),
        sprite.left + columns.max() + 1,
        sprite.top + rows.max() + 1,
    )
    np.testing.assert_allclose(someone.box(), drawn, atol=1.5)


def test_who_walks_past_is_blurred_and_who_stands_is_not():
    still, fast = (figure(0, 0, speed=speed) for speed in (0.0, 1.5))
    light = LIGHTS["overcast"]
    for someone, wider in ((still, False), (fast, True)):
        short, long = (someone.motion(CAMERA, exposure) for exposure in (0.0, 0.1))
        widths = [someone.drawn(light, motion).pixels.shape[1] for motion in (short, long)]
        assert (widths[1] > widths[0]) is wider
        assert long[0] == pytest.approx(1.5 * 0.1 * CAMERA.focal / 6 * wider, rel=0.02)
