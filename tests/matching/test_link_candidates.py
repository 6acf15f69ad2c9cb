"""Candidates beside a slow loop over all pairs."""

import numpy as np
import pytest

from passerby.matching.camera_graph import CameraGraph, CameraNeighbours
from passerby.matching.closed_track import ClosedTrack, centred, cosine_distances
from passerby.matching.link_candidates import LINK_TERMS, candidates_among

GRAPH = CameraGraph(
    cameras=("a", "b", "c"),
    return_seconds=(1, 20),
    neighbours=(
        CameraNeighbours(cameras=("a", "b"), travel_seconds=(2, 10)),
        CameraNeighbours(cameras=("b", "c"), travel_seconds=(-3, 5)),
    ),
)


def drawn(count, seed=0):
    rng = np.random.default_rng(seed)
    begins = rng.uniform(0, 40, count)
    return [
        ClosedTrack(
            100 + n, str(rng.choice(["a", "b", "c"])), begin, begin + rng.uniform(1, 8), row
        )
        for n, (begin, row) in enumerate(
            zip(begins.tolist(), rng.normal(0.3, 1, (count, 6)).astype(np.float32), strict=True)
        )
    ]


def slowly(tracks):
    """Every pair that the graph allows, with its terms."""
    rows = {}
    middle = {}
    for camera in "abc":
        own = [t.signature / np.linalg.norm(t.signature) for t in tracks if t.camera == camera]
        middle[camera] = sum(own) / (len(own) + 1) if own else 0
    for i, first in enumerate(tracks):
        for j, second in enumerate(tracks):
            seconds = GRAPH.travel(first.camera, second.camera)
            gap = second.began - first.ended
            if seconds is None or not seconds[0] <= gap <= seconds[1]:
                continue
            if first.began > second.began:
                continue
            x, y = (
                one.signature / np.linalg.norm(one.signature) - middle[one.camera]
                for one in (first, second)
            )
            d = 1 - float(x @ y / np.linalg.norm(x) / np.linalg.norm(y))
            t = (gap - seconds[0]) / (seconds[1] - seconds[0])
            back = float(first.camera == second.camera)
            rows[i, j] = [1, d, d * d, t, t * t, back, back * t]
    return rows


def test_they_are_those_of_a_loop():
    tracks = drawn(30)
    expected = slowly(tracks)
    found = candidates_among(tracks, GRAPH)
    assert len(expected) > 60
    assert dict.fromkeys(zip(found.earlier.tolist(), found.later.tolist(), strict=True)) == (
        dict.fromkeys(sorted(expected))
    )
    np.testing.assert_allclose(found.terms, [expected[key] for key in sorted(expected)], atol=1e-5)
    assert {0.0, 1.0} == set(found.terms[:, LINK_TERMS.index("return")])


@pytest.mark.parametrize("began", [(0.0, 1.0), (1.0, 0.0), (0.0, 0.0)])
def test_who_is_in_two_views_at_once_is_one_candidate(began):
    """Either could come after the other; it is one question all the same."""
    rows = np.eye(2, 6, dtype=np.float32)
    tracks = [
        ClosedTrack(n, camera, begin, begin + 2, row)
        for n, (camera, begin, row) in enumerate(zip("bc", began, rows, strict=True))
    ]
    found = candidates_among(tracks, GRAPH)
    first = int(began[0] > began[1])
    assert (found.earlier.tolist(), found.later.tolist()) == ([first], [1 - first])


@pytest.mark.parametrize("tracks", [[], drawn(1)])
def test_nobody_has_no_candidates(tracks):
    assert candidates_among(tracks, GRAPH).terms.shape == (0, len(LINK_TERMS))


def test_the_light_of_a_camera_is_taken_away():
    """Two people before two cameras; each camera adds its own constant to all signatures."""
    rng = np.random.default_rng(1)
    people, light = (
        rng.normal(0, 1, (12, 40)),
        {"a": rng.normal(0, 2, 40), "b": rng.normal(0, 2, 40)},
    )
    tracks = [
        ClosedTrack(n, camera, 0, 1, (person + light[camera]).astype(np.float32))
        for camera in "ab"
        for n, person in enumerate(people)
    ]

    def right(some):
        pairs = np.indices((12, 12)).reshape(2, -1)
        distances = cosine_distances(some, pairs[0], pairs[1] + 12)
        nearest = distances.reshape(12, 12).argmin(axis=1)
        return (nearest == np.arange(12)).mean()

    assert right(tracks) < 0.95
    assert right(centred(tracks)) == 1
