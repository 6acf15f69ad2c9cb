import tomllib
from itertools import pairwise

import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.synth.corridor import WIDTH, Corridor
from passerby.synth.recording import Recording, film_takes

SIZE = (160, 90)
FILM = Recording(80.0, 10.0)


@pytest.fixture(scope="module")
def corridor():
    return Corridor.random(4, 3, 16, SIZE)


@pytest.fixture(scope="module")
def takes(corridor):
    return corridor.takes(FILM)


def in_view(take):
    """Frames in which each person's middle is seen, by their index."""
    seen = {}
    for frame, places in enumerate(take.moments):
        for place in places:
            if take.camera.sees(np.array([[*place.position, 1.0]]))[0]:
                seen.setdefault(place.person, []).append(frame)
    return seen


def passages(takes):
    """Person, camera, first and last frame of each stretch in view, in order of time."""
    found = []
    for number, take in enumerate(takes):
        for person, frames in in_view(take).items():
            cuts = np.flatnonzero(np.diff(frames) > 5)
            parts = np.split(np.array(frames), cuts + 1)
            found += [(person, number, int(part[0]), int(part[-1])) for part in parts]
    return sorted(found, key=lambda one: one[2])


def test_nobody_is_before_two_cameras_at_once(takes):
    where = {}
    for person, camera, first, last in passages(takes):
        for other, begin, end in where.setdefault(person, []):
            assert other == camera or first > end or last < begin
        where[person].append((camera, first, last))


def test_whoever_goes_on_comes_to_a_neighbour_after_a_plausible_time(takes, corridor):
    """The truth of walks against the graph that is written beside the films."""
    seconds = []
    for person in range(16):
        own = [one for one in passages(takes) if one[0] == person]
        for (_, camera, _, left), (_, other, came, _) in pairwise(own):
            low, high = corridor.returns
            if camera != other:
                assert abs(camera - other) == 1
                low, high = corridor.travel[min(camera, other)]
            assert low <= (came - left) / FILM.rate <= high
            seconds.append((came - left) / FILM.rate)
    assert len(seconds) > 10


def test_people_come_in_where_no_camera_sees_them(takes):
    for take in takes:
        for before, after in pairwise(take.moments):
            for new in {place.person for place in after} ^ {place.person for place in before}:
                place = next(p for p in (*before, *after) if p.person == new)
                points = [[*place.position, z] for z in (0.0, 1.0, 1.9)]
                assert not take.camera.sees(np.array(points)).any()


def test_people_keep_to_the_corridor_and_do_not_jump(takes):
    for take in takes:
        for before, after in pairwise(take.moments):
            last = {place.person: np.array(place.position) for place in before}
            for place in after:
                assert abs(place.position[1]) < WIDTH + 1
                if place.person in last:
                    assert np.linalg.norm(place.position - last[place.person]) < 0.4


def test_places_differ_and_people_are_the_same(corridor):
    first, *others = corridor.worlds
    assert all(world.bodies is first.bodies for world in others)
    assert len({world.scene.seed for world in corridor.worlds}) == 3
    assert [camera.name for camera in corridor.cameras] == ["camera-1", "camera-2", "camera-3"]


def test_some_wear_what_others_wear():
    def kinds(alike):
        bodies = Corridor.random(4, 1, 60, SIZE, alike=alike).worlds[0].bodies
        clothes = [
            (b.identity.top.kind, b.identity.top.pattern, b.identity.top.width) for b in bodies
        ]
        return len(set(clothes))

    assert kinds(0.0) == 60
    assert 20 < kinds(0.5) < 45


def test_the_same_seed_makes_the_same_walks(corridor, takes):
    again = Corridor.random(4, 3, 16, SIZE).takes(FILM)
    assert [take.moments for take in again] == [take.moments for take in takes]
    other = Corridor.random(5, 3, 16, SIZE).takes(FILM)
    assert [take.moments for take in other] != [take.moments for take in takes]


def test_the_graph_is_toml(corridor):
    graph = tomllib.loads(corridor.graph())
    assert graph["cameras"] == ["camera-1", "camera-2", "camera-3"]
    assert [link["cameras"] for link in graph["neighbours"]] == [
        ["camera-1", "camera-2"],
        ["camera-2", "camera-3"],
    ]
    assert all(
        0 < low < high for low, high in (one["travel_seconds"] for one in graph["neighbours"])
    )


def test_identities_are_the_same_in_the_truth_of_all_cameras(tmp_path):
    corridor = Corridor.random(4, 2, 12, SIZE)
    film_takes(corridor.takes(Recording(30.0, 1.0)), Recording(30.0, 1.0), tmp_path)
    ids = [
        set(np.loadtxt(path, delimiter=",")[:, 1].astype(int))
        for path in sorted(tmp_path.glob("*/gt/gt.txt"))
    ]
    assert len(ids) == 2
    assert ids[0] & ids[1]
    assert ids[0] | ids[1] <= set(range(1, 13))


@pytest.mark.parametrize(
    ("cameras", "alike", "complaint"), [(0, 0.2, "0 cameras"), (2, 1.5, "1.5")]
)
def test_impossible_corridors_are_refused(cameras, alike, complaint):
    with pytest.raises(ConfigError, match=complaint):
        Corridor.random(1, cameras, 3, SIZE, alike=alike)
