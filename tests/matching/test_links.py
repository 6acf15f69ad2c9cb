import numpy as np
import pytest

from passerby.matching.camera_graph import CameraGraph, CameraNeighbours
from passerby.matching.closed_track import ClosedTrack
from passerby.matching.link_model import LinkModel
from passerby.matching.links import Link, global_identities, link_batch

GRAPH = CameraGraph(
    cameras=("a", "b", "c"),
    return_seconds=(1, 60),
    neighbours=(
        CameraNeighbours(cameras=("a", "b"), travel_seconds=(2, 20)),
        CameraNeighbours(cameras=("b", "c"), travel_seconds=(2, 20)),
    ),
)
MODEL = LinkModel((4.0, -8.0, 0.0, 0.0, 0.0, -1.0, 0.0))
RED, BLUE, GREEN = np.eye(3, 8, dtype=np.float32)


def track(number, camera, began, ended, signature):
    noise = np.random.default_rng(number).normal(0, 0.05, 8)
    return ClosedTrack(number, camera, began, ended, (signature + noise).astype(np.float32))


WALK = [
    track(1, "a", 0, 8, RED),
    track(2, "a", 1, 9, BLUE),
    track(3, "b", 14, 22, BLUE),
    track(4, "b", 15, 24, RED),
    track(5, "c", 30, 38, RED),
    track(6, "c", 31, 39, GREEN),
]
"""Red walks from a to c, blue leaves after b, green is seen by c alone."""


def test_people_are_linked_on_their_way_and_who_is_alone_stays_alone():
    links = link_batch(WALK, GRAPH, MODEL)
    sure = {(one.earlier, one.later) for one in links if one.probability > 0.8}
    assert sure == {(1, 4), (2, 3), (4, 5)}
    identities = global_identities(WALK, links, GRAPH, 0.8)
    assert identities == {1: 1, 4: 1, 5: 1, 2: 2, 3: 2, 6: 3}


def test_the_order_of_tracks_does_not_matter():
    links = link_batch(WALK, GRAPH, MODEL)
    mirrored = link_batch(WALK[::-1], GRAPH, MODEL)
    assert [(one.earlier, one.later) for one in links] == [
        (one.earlier, one.later) for one in mirrored
    ]
    assert [one.probability for one in links] == pytest.approx(
        [one.probability for one in mirrored], abs=1e-6
    )


def test_who_comes_too_soon_or_too_late_or_from_elsewhere_is_no_candidate():
    for other in (
        track(7, "b", 9, 12, RED),
        track(7, "b", 40, 42, RED),
        track(7, "c", 14, 22, RED),
    ):
        assert link_batch([WALK[0], other], GRAPH, MODEL) == []


def test_nobody_is_likelier_than_a_stranger():
    (link,) = link_batch([WALK[0], track(7, "b", 14, 22, GREEN)], GRAPH, MODEL)
    assert link.probability < 0.05


def test_one_goes_on_as_one():
    """Two people in the same clothes come after one: only one of them can be that one."""
    twins = [WALK[0], track(7, "b", 14, 22, RED), track(8, "b", 14.5, 22, RED)]
    links = link_batch(twins, GRAPH, MODEL)
    assert sum(one.probability for one in links) <= 1 + 1e-6
    assert max(links).probability < 0.7


def test_nobody_is_in_two_places_at_once():
    tracks = [
        track(1, "a", 0, 8, RED),
        track(2, "b", 12, 20, RED),
        track(3, "b", 13, 21, RED),
        track(4, "c", 30, 31, RED),
    ]
    links = [Link(0.9, 1, 2), Link(0.8, 1, 3), Link(0.7, 3, 4), Link(0.6, 2, 4)]
    identities = global_identities(tracks, links, GRAPH, 0.5)
    assert identities[1] == identities[2] != identities[3] == identities[4]


def test_overlapping_views_see_people_at_the_same_time():
    seconds = {"cameras": ("a", "b"), "travel_seconds": (-6, 5)}
    graph = CameraGraph(cameras=("a", "b"), neighbours=(CameraNeighbours(**seconds),))
    together = [track(1, "a", 0, 10, RED), track(2, "b", 5, 15, RED)]
    longer = [track(1, "a", 0, 10, RED), track(2, "b", 3, 15, RED)]
    for tracks, expected in ((together, 1), (longer, 2)):
        found = global_identities(tracks, [Link(0.9, 1, 2)], graph, 0.5)
        assert len(set(found.values())) == expected


def test_links_below_what_is_asked_are_not_followed():
    links = [Link(0.89, 1, 4), Link(0.95, 2, 3)]
    identities = global_identities(WALK, links, GRAPH, 0.9)
    assert identities[1] != identities[4]
    assert identities[2] == identities[3]


@pytest.mark.parametrize("seed", range(6))
def test_no_identity_is_twice_before_one_camera(seed):
    rng = np.random.default_rng(seed)
    tracks = []
    for number in range(25):
        began = float(rng.uniform(0, 60))
        camera = str(rng.choice(["a", "b", "c"]))
        tracks.append(track(number, camera, began, began + float(rng.uniform(1, 9)), RED))
    links = link_batch(tracks, GRAPH, LinkModel((8.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0)))
    identities = global_identities(tracks, links, GRAPH, 0.01)
    assert len(set(identities.values())) < 25
    for one in tracks:
        for other in tracks:
            if one.number < other.number and identities[one.number] == identities[other.number]:
                apart = one.ended < other.began or other.ended < one.began
                assert apart
