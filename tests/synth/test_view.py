import cv2
import numpy as np
import pytest

from passerby.detections import Kind
from passerby.synth.camera import ceiling, eye_level, raised
from passerby.synth.people import World
from passerby.synth.place import Place
from passerby.synth.sensor import Sensor

SIZE = (640, 360)
MIDDLE = np.zeros(2)
CAMERAS = {
    "eye level": eye_level(MIDDLE, 0.7, 6.0, name="eye", size=SIZE),
    "raised": raised(MIDDLE, 2.5, 7.0, name="mast", size=SIZE),
    "straight down": ceiling(MIDDLE, 4.0, name="door", size=SIZE),
}


@pytest.fixture(scope="module")
def world():
    return World.random(3, 10)


@pytest.fixture(scope="module", params=CAMERAS)
def shots(request, world):
    return list(world.shots(CAMERAS[request.param], world.moments(3), rate=25))


def sightings(shots):
    return [(shot, seen) for shot in shots for seen in shot.sightings]


def test_pictures_have_the_size_of_the_camera(shots):
    assert [shot.image.shape for shot in shots] == [(360, 640, 3)] * 3
    assert [shot.index for shot in shots] == [0, 1, 2]
    assert sum(len(shot.sightings) for shot in shots) > 5


def test_the_visible_box_is_the_extent_of_the_mask(shots):
    for _, seen in sightings(shots):
        left, top, width, height = cv2.boundingRect(seen.mask(*SIZE).astype(np.uint8))
        assert seen.visible_box == (left, top, left + width, top + height)


def test_a_box_holds_the_head_and_all_that_is_visible(shots):
    for _, seen in sightings(shots):
        for inner in (seen.head_box, seen.visible_box):
            assert (np.array(seen.box[:2]) <= inner[:2]).all()
            assert (np.array(seen.box[2:]) >= inner[2:]).all()


def test_nobody_shares_a_pixel_with_another(shots):
    for shot in shots:
        total = sum(seen.mask(*SIZE).astype(int) for seen in shot.sightings)
        assert np.max(total, initial=0) <= 1


def test_visibility_is_a_share_and_everybody_appears_once(shots):
    for shot, seen in sightings(shots):
        assert 0 < seen.visibility <= 1
        assert 0 <= seen.head_visibility <= 1
        assert [one.identity for one in shot.sightings].count(seen.identity) == 1


def test_detections_are_the_sightings(shots):
    for shot in shots:
        found = shot.detections()
        persons = found.of_kind(Kind.PERSON)
        np.testing.assert_allclose(persons.boxes, [seen.box for seen in shot.sightings], rtol=1e-6)
        assert persons.tracks.tolist() == [seen.identity for seen in shot.sightings]
        hidden = [seen.identity for seen in shot.sightings if seen.head_visibility == 0]
        assert not set(hidden) & set(found.of_kind(Kind.HEAD).tracks.tolist())


def test_what_is_hardly_visible_can_be_left_out(shots):
    for shot in shots:
        expected = sum(seen.visibility >= 0.7 for seen in shot.sightings)
        assert len(shot.detections(0.7).of_kind(Kind.PERSON)) == expected


def plain(seed=0):
    return Sensor(blur=0.1, noise=0.0, seed=seed)


@pytest.mark.parametrize("name", CAMERAS)
def test_the_mask_is_where_the_picture_changes_when_somebody_leaves(world, name):
    """Everything but the shadow: compare a picture with the same one without the person."""
    view = world.view(CAMERAS[name], plain())
    places = world.moments(1)[0]
    shot = view.shot(world.bodies, places, 0, 0.0)
    seen = max(shot.sightings, key=lambda one: one.shape.sum())
    without = tuple(p for p in places if world.bodies[p.person].identity.number != seen.identity)
    empty = view.shot(world.bodies, without, 0, 0.0)
    changed = np.abs(shot.image.astype(int) - empty.image).max(axis=2) > 3
    mask = seen.mask(*SIZE)
    assert changed[mask].mean() > 0.85
    grown = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    brighter = (shot.image.astype(int) - empty.image).max(axis=2) > 3
    assert (brighter & ~grown).sum() < 0.02 * mask.sum()  # a shadow only darkens


def test_somebody_alone_in_the_open_is_wholly_visible():
    world = World.random(5, 1, obstacles=0, half=(1.0, 1.0))
    (shot,) = world.shots(CAMERAS["raised"], world.moments(1), rate=25)
    (seen,) = shot.sightings
    assert seen.visibility == seen.head_visibility == 1
    np.testing.assert_allclose(seen.box, seen.visible_box, atol=2)


def test_people_hide_who_stands_behind_them(world):
    camera = CAMERAS["eye level"]
    away = -camera.position[:2] / np.linalg.norm(camera.position[:2])
    near, far = (Place(k, (away[0] * k, away[1] * k), 0.0, 0.0, 0.0) for k in (0, 1))
    view = World.random(3, 0, obstacles=0).view(camera)
    shot = view.shot(world.bodies, (near, far), 0, 0.0)
    visible = {seen.identity: seen.visibility for seen in shot.sightings}
    first, second = (body.identity.number for body in world.bodies[:2])
    assert visible[first] == 1
    assert visible[second] < 0.7


def test_poles_and_furniture_hide_people():
    crowded, empty = (World.random(8, 10, obstacles=count) for count in (12, 0))
    moments = crowded.moments(4)
    hidden = [
        np.mean([seen.visibility for shot in shots for seen in shot.sightings])
        for shots in (
            world.shots(CAMERAS["eye level"], moments, rate=25) for world in (crowded, empty)
        )
    ]
    assert hidden[0] < hidden[1] - 0.02


@pytest.mark.parametrize("exposure", [0.001, 0.06])
def test_the_head_box_encloses_the_head_even_if_it_is_blurred(world, exposure):
    """Down to the middle of the head nothing else of somebody who walks changes the picture."""
    sensor = Sensor(noise=0.0, blur=0.1, exposure=exposure)
    view = World.random(3, 0, obstacles=0).view(CAMERAS["eye level"], sensor)
    empty = view.shot(world.bodies, (), 0, 0.0).image.astype(int)
    for person in range(len(world.bodies)):
        place = Place(person, (0.0, 0.0), 0.4 * person, 1.4, 0.1 * person)
        shot = view.shot(world.bodies, (place,), 0, 0.0)
        left, top, right, bottom = shot.sightings[0].head_box
        changed = np.abs(shot.image - empty).max(axis=2) > 5
        rows, columns = np.nonzero(changed[: int((top + bottom) / 2)])
        assert rows.min() >= top - 1
        assert columns.min() >= left - 1
        assert columns.max() + 1 <= right + 1
        assert columns.max() - columns.min() > 0.5 * (right - left)
