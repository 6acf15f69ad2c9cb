import itertools

import cv2
import numpy as np
import pytest

from passerby.attack.attack import Fitted
from passerby.attack.collisions import colliding_people, collisions_of, same_outputs


def test_everybody_collides_where_outputs_are_all_the_same(case_for):
    case = case_for(np.zeros_like)
    found = collisions_of(case.test, Fitted(case.describe, case.describe))
    assert found.compared == 10 * 9 // 2
    assert found.seen == found.same == found.compared
    assert found.clear < found.compared
    assert len(found.clear_cells) == len(found.seen_cells) == 8
    for one in (*found.clear_cells, *found.seen_cells):
        assert cv2.imdecode(np.frombuffer(one, np.uint8), cv2.IMREAD_COLOR).shape == (8, 8, 3)


def test_clear_pictures_are_never_the_same(case_for):
    case = case_for(lambda picture: picture)
    found = collisions_of(case.test, Fitted(case.describe, case.describe))
    assert found.seen == found.clear
    assert found.same == 0


def test_it_is_what_a_slow_count_gives():
    rng = np.random.default_rng(0)
    rows, ids = rng.normal(size=(24, 3)).astype(np.float32), rng.integers(0, 6, 24)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    apart = 1 - unit.astype(float) @ unit.T
    pairs = list(itertools.combinations(range(24), 2))
    own = sorted(apart[a, b] for a, b in pairs if ids[a] == ids[b])
    own = sorted(own * 2)
    radius = own[int(np.ceil(0.5 * (len(own) - 1)))] + 1e-6
    slow = {}
    for a, b in pairs:
        if ids[a] != ids[b] and apart[a, b] <= radius:
            key = frozenset((ids[a], ids[b]))
            slow[key] = min(slow.get(key, 9), apart[a, b])
    count, closest = colliding_people(rows, ids)
    assert count == len(slow)
    found = [apart[a, b] for a, b in closest]
    assert found == pytest.approx(sorted(slow.values()), abs=1e-6)


def test_outputs_are_the_same_within_one_level():
    images = np.full((4, 2, 200, 3), 9, np.uint8)
    images[1] += 1
    images[2] += 2
    images[3, 1, 199, 2] = 12  # the last value alone
    assert same_outputs(images, np.array([1, 2, 3, 4])) == 2  # 1-2 and 2-3
    assert same_outputs(images, np.array([1, 1, 1, 4])) == 0


def test_nobody_is_compared_with_themselves():
    assert colliding_people(np.ones((3, 2), np.float32), np.array([1, 2, 3])) == (0, [])
