import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.synth.body import Body
from passerby.synth.camera import eye_level, raised
from passerby.synth.identity import Identity
from passerby.synth.light import LIGHTS
from passerby.synth.people import World
from passerby.synth.place import Place
from passerby.synth.seating import Seating

CAMERA = raised(np.zeros(2), 1.0, 6.0, name="camera-1", size=(320, 180))


def pictures(seed):
    world = World.random(seed, 4)
    return [shot.image for shot in world.shots(CAMERA, world.walks(3, 25.0), rate=25.0)]


def test_the_same_seed_gives_the_same_pictures():
    np.testing.assert_array_equal(pictures(1), pictures(1))


def test_another_seed_gives_other_pictures():
    assert (np.array(pictures(1)) != np.array(pictures(2))).mean() > 0.5


def test_a_longer_walk_begins_like_a_shorter_one():
    world = World.random(1, 4)
    assert world.walks(10, 25.0)[:4] == world.walks(4, 25.0)


@pytest.mark.parametrize("light", LIGHTS)
def test_every_light_can_be_asked_for(light):
    world = World.random(1, 1, light=light)
    (shot,) = world.shots(CAMERA, world.moments(1), rate=25.0)
    assert 5 < shot.image.mean() < 250


def colours(identities, seed, camera):
    """Mean colour of the upper and lower half of people in a place of its own, (n, 6)."""
    world = World.random(seed, 0, obstacles=0)
    view = world.view(camera)
    found = []
    for identity in identities:
        bodies = [Body.of(identity)]
        shot = view.shot(bodies, (Place(0, (0.0, 0.0), seed * 1.0, 0.0, 0.0),), 0, 0.0)
        (seen,) = shot.sightings
        pixels = np.where(seen.mask(640, 360)[..., None], shot.image.astype(float), np.nan)
        _, top, _, bottom = seen.visible_box
        middle = (top + bottom) // 2
        halves = pixels[top:middle], pixels[middle:bottom]
        found.append(np.concatenate([np.nanmean(half, axis=(0, 1)) for half in halves]))
    return np.array(found)


def test_people_keep_their_colours_across_cameras():
    identities = [Identity.random(number, seed=9) for number in range(1, 13)]
    one = colours(identities, 1, eye_level(np.zeros(2), 0.5, 4, name="a", size=(640, 360)))
    two = colours(identities, 4, raised(np.zeros(2), 2.5, 5, name="b", size=(640, 360)))
    # Take out what light and cast do to everybody alike.
    one, two = ((c - c.mean(axis=0)) / c.std(axis=0) for c in (one, two))
    distances = np.linalg.norm(one[:, None] - two[None], axis=-1)
    assert (distances.argmin(axis=1) == np.arange(len(identities))).mean() >= 0.8


def test_negative_numbers_are_refused():
    with pytest.raises(ConfigError, match="-1 people"):
        World.random(0, -1)


def test_an_unknown_light_is_refused():
    with pytest.raises(ConfigError, match="unknown light 'moon'"):
        World.random(0, 1, light="moon")


def test_an_empty_place_can_be_filmed():
    world = World.random(0, 0)
    (shot,) = world.shots(CAMERA, world.walks(1, 25.0), rate=25.0)
    assert shot.sightings == ()
    assert len(shot.detections()) == 0


def test_seated_people_sit_before_what_stands_in_their_rows():
    rows = Seating.random(np.random.default_rng(1))
    world = World.seated(5, 6, rows)
    assert world.scene.obstacles == rows.furniture
    first, second = world.seatings(rows, 2)
    assert first != second
    assert first == world.seatings(rows, 1)[0]
    (shot,) = world.shots(CAMERA, [first], rate=25.0)
    assert 0 < len(shot.sightings) <= 6
    for seen in shot.sightings:
        assert seen.head_box[3] - seen.head_box[1] < seen.box[3] - seen.box[1]
