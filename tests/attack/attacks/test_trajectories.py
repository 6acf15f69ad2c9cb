import itertools

import numpy as np
import pytest

from passerby.attack.attacks.trajectories import singled_by_points, track_points
from passerby.evaluate.tracking import Trajectories


def test_points_are_cells_of_the_feet_and_spans_of_time():
    tracks = Trajectories.of(
        frames=[1, 2, 30, 30],
        ids=[1, 1, 1, 2],
        boxes=[[0, 0, 10, 19], [0, 0, 12, 19], [70, 40, 80, 81], [0, 0, 10, 200]],
    )
    points = track_points(tracks, (80, 80))
    assert points[1].tolist() == [[0, 1, 0], [7, 7, 1]]
    assert points[2].tolist() == [[0, 7, 1]]  # what reaches out of the frame is at its rim


def test_it_is_what_trying_all_subsets_gives():
    rng = np.random.default_rng(0)
    points = {number: np.unique(rng.integers(0, 3, (5, 3)), axis=0) for number in range(4)}
    sets = {number: {tuple(one) for one in own} for number, own in points.items()}
    for count in (1, 2):
        found = singled_by_points(points, count, seed=0)
        for place, (number, own) in enumerate(sets.items()):
            every = [
                not any(set(some) <= sets[other] for other in sets if other != number)
                for some in itertools.combinations(own, count)
            ]
            # 50 draws: within three standard errors
            assert found[place] == pytest.approx(np.mean(every), abs=3 * 0.5 / np.sqrt(50))


def test_who_goes_where_all_go_is_never_singled_out():
    path = np.array([[0, 0, 0], [1, 0, 1]])
    alone = np.array([[5, 5, 5]])
    found = singled_by_points({1: path, 2: path.copy(), 3: alone}, 2, seed=0)
    assert found.tolist() == [0, 0, 1]
