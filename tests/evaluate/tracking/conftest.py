"""Random sequences: people who stand in a row, and tracks that follow them more or less."""

from collections.abc import Callable

import numpy as np
import pytest

from passerby.evaluate.tracking import Trajectories

Rows = list[tuple[int, int, list[int]]]


@pytest.fixture(scope="session")
def random_sequence() -> Callable[[int], tuple[Trajectories, Trajectories]]:
    """Make a truth and tracks from a seed: ids swap, boxes are missed or false, frames empty."""

    def make(seed: int) -> tuple[Trajectories, Trajectories]:
        rng = np.random.default_rng(seed)
        frames, people = int(rng.integers(1, 12)), int(rng.integers(0, 6))
        truth: Rows = []
        found: Rows = []
        names = rng.permutation(20)
        for frame in range(1, frames + 1):
            if rng.random() < 0.2:
                names = rng.permutation(20)
            empty, blind = rng.random(2) < 0.1
            for person in range(people):
                left = 6 * person + int(rng.integers(0, 4))
                if rng.random() < 0.8 and not empty:
                    truth.append((frame, 3 * person, [left, 0, 8, 20]))
                if rng.random() < 0.8 and not blind:
                    shift = rng.integers(-3, 4, 2) * (rng.random() < 0.7)
                    box = [left + int(shift[0]), int(shift[1]), 8, 20]
                    found.append((frame, int(names[person]), box))
            if rng.random() < 0.4 and not blind:
                found.append((frame, 50, [int(rng.integers(0, 40)), 5, 8, 20]))
        return trajectories(truth), trajectories(found)

    return make


def trajectories(rows: Rows) -> Trajectories:
    boxes = np.array([box for _, _, box in rows], np.float64).reshape(-1, 4)
    boxes[:, 2:] += boxes[:, :2]
    return Trajectories.of([row[0] for row in rows], [row[1] for row in rows], boxes)
