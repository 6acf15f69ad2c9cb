import itertools

import numpy as np
import pytest

from passerby.synth.itinerary import Itinerary

DOORS, MIDDLES = (-10.0, 10.0, 30.0, 50.0), (0.0, 20.0, 40.0)


@pytest.fixture(scope="module")
def ways():
    rng = np.random.default_rng(3)
    return [Itinerary.random(rng, DOORS, MIDDLES, (0.0, 60.0), 1.4) for _ in range(400)]


def passed(way):
    """The numbers of the cameras that somebody passes, in order, by walking from stop to stop."""
    along = [stop.along for stop in way.stops]
    numbers = []
    for here, there in itertools.pairwise(along):
        between = [
            n for n, middle in enumerate(MIDDLES) if min(here, there) < middle < max(here, there)
        ]
        numbers += between if there > here else between[::-1]
    return numbers


def test_people_come_in_and_leave_by_doors(ways):
    assert all(way.stops[0].along in DOORS and way.stops[-1].along in DOORS for way in ways)


def test_some_walk_through_some_turn_back_and_some_pass_one_camera_alone(ways):
    routes = [passed(way) for way in ways]
    through = [route for route in routes if len(route) == 3 and len(set(route)) == 3]
    back = [route for route in routes if len(route) > len(set(route))]
    alone = [route for route in routes if len(route) == 1]
    for kind in (through, back, alone):
        assert len(kind) > 40
    assert {route[0] for route in alone} == {0, 1, 2}
    assert {tuple(route) for route in through} == {(0, 1, 2), (2, 1, 0)}


def test_nobody_stops_where_they_leave_and_stops_have_an_end(ways):
    assert all(way.stops[-1].seconds == 0 for way in ways)
    seconds = [stop.seconds for way in ways for stop in way.stops]
    assert max(seconds) <= 6
    assert np.mean(np.array(seconds) > 0) > 0.1


def test_with_one_camera_everybody_passes_it():
    rng = np.random.default_rng(3)
    for _ in range(50):
        way = Itinerary.random(rng, (-9.0, 9.0), (0.0,), (0.0, 5.0), 1.0)
        assert sorted((way.stops[0].along, way.stops[-1].along)) == [-9, 9]
