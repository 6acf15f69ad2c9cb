"""Identity scores over several cameras, beside all ways to take tracks for people."""

from itertools import permutations

import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.evaluate.tracking.several_cameras import (
    CameraRecord,
    identity_across,
    identity_each,
    owners,
)
from passerby.evaluate.tracking.trajectories import Trajectories
from passerby.evaluate.tracking.truth import Truth


def box(person):
    return [100.0 * person, 0.0, 100.0 * person + 40, 90.0]


def record(truth, said):
    """Of (frame, person) and (frame, number, person shown)."""
    people = Trajectories.of(
        [f for f, _ in truth], [p for _, p in truth], [box(p) for _, p in truth]
    )
    tracks = Trajectories.of(
        [f for f, _, _ in said], [n for _, n, _ in said], [box(p) for _, _, p in said]
    )
    return CameraRecord(Truth(people), tracks)


def drawn(seed):
    """Three cameras; people are numbered alike, tracks are mostly right."""
    rng = np.random.default_rng(seed)
    cameras = []
    for _ in range(3):
        truth = [(f, p) for f in range(1, 12) for p in range(4) if rng.random() < 0.6]
        said, used = [], set()
        for f, p in truth:
            number = p if rng.random() < 0.7 else int(rng.integers(4))
            if rng.random() < 0.85 and (f, number) not in used:
                used.add((f, number))
                said.append((f, number, p if rng.random() < 0.9 else 9))
        cameras.append((truth, said))
    return cameras


def best_by_trying(cameras):
    """The most boxes that are right if each person is one of the numbers, alike for all cameras."""
    most = 0
    for taken in permutations(range(4)):
        right = sum(
            taken[p] == n
            for truth, said in cameras
            for f, n, p in said
            if p < 4 and (f, p) in truth
        )
        most = max(most, right)
    return most


@pytest.mark.parametrize("seed", range(6))
def test_it_is_the_best_of_all_ways(seed):
    cameras = drawn(seed)
    counts = identity_across([record(*one) for one in cameras])
    truth, said = (sum(len(one[k]) for one in cameras) for k in (0, 1))
    assert counts.matches == best_by_trying(cameras)
    assert counts.misses == truth - counts.matches
    assert counts.false_boxes == said - counts.matches


def test_who_changes_their_number_between_cameras_counts_once():
    frames = range(1, 11)
    first = record([(f, 1) for f in frames], [(f, 5, 1) for f in frames])
    second = record([(f, 1) for f in frames], [(f, 6, 1) for f in frames])
    assert identity_across([first, second]).idf1 == 0.5
    assert identity_each([first, second]).idf1 == 1
    assert identity_across([first, first]).idf1 == 1


def test_boxes_that_do_not_count_are_left_out():
    one = record([(1, 1), (1, 2)], [(1, 1, 1), (1, 2, 2)])
    ignored = Truth(one.truth.trajectories, np.array([0, 1], np.int8))
    assert identity_across([CameraRecord(ignored, one.tracks)]).matches == 1


def test_a_track_belongs_to_whom_most_of_it_shows():
    truth = [(f, p) for f in range(1, 11) for p in (1, 2)]
    said = [
        *((f, 1, 1) for f in range(1, 8)),
        *((f, 1, 2) for f in range(8, 11)),
        *((f, 2, 2) for f in range(1, 5)),
        *((f, 2, 9) for f in range(5, 10)),
        *((f, 3, 9) for f in range(1, 4)),
    ]
    one = record(truth, said)
    assert owners(one.truth, one.tracks) == {1: 1, 2: None, 3: None}


def test_without_cameras_nothing_is_measured():
    with pytest.raises(ConfigError, match="camera"):
        identity_across([])
