from dataclasses import replace

import numpy as np
import pytest

from passerby.attack.attack import DIRECTIONS, Fitted
from passerby.attack.people import CropPairs
from passerby.attack.recognition import recognise_clear, recognise_people, sides


def seen_as(rows, clear):
    return Fitted(lambda _images: rows, lambda _images: clear)


@pytest.fixture
def pairs(crowd):
    people = crowd.of(np.arange(1, 7))
    return CropPairs(people, people.images)


def test_directions_say_what_is_asked_with_and_what_is_searched():
    assert sides("anonymized to clear", "seen", "clear") == ("seen", "clear")
    assert sides("clear to anonymized", "seen", "clear") == ("clear", "seen")
    assert sides("anonymized to anonymized", "seen", "clear") == ("seen", "seen")


def test_who_knows_everything_is_always_right(pairs):
    rows = np.eye(7, dtype=np.float32)[pairs.clear.ids]
    for _, found in recognise_people(seen_as(rows, rows), pairs):
        assert found.rank1 == found.mean_average_precision == 1
    assert recognise_clear(seen_as(rows, rows), pairs).rank1 == 1


def test_outputs_that_are_all_the_same_reach_chance_exactly(pairs):
    same, clear = np.ones((2, len(pairs.clear), 4), np.float32)
    clear = clear + np.arange(len(clear), dtype=np.float32)[:, None] * np.arange(4)
    found = dict(recognise_people(seen_as(same, clear), pairs))
    assert set(found) == set(DIRECTIONS)
    for direction in DIRECTIONS[1:]:  # whose gallery is all the same
        assert found[direction].rank1 == pytest.approx(found[direction].mean_chance, abs=1e-12)


def test_chance_counts_the_matches_among_what_is_searched(pairs):
    rows = np.ones((len(pairs.clear), 4), np.float32)
    people = pairs.clear
    for place in range(len(people)):
        other = people.cameras != people.cameras[place]
        same = people.ids == people.ids[place]
        expected = (same & other).sum() / (~same | other).sum()
        assert recognise_clear(seen_as(rows, rows), pairs).chance[place] == pytest.approx(expected)


def test_queries_without_a_match_count_for_nothing(pairs):
    cameras = np.where(pairs.clear.ids == 1, 1, pairs.clear.cameras)
    alone = CropPairs(replace(pairs.clear, cameras=cameras), pairs.seen)
    rows = np.eye(7, dtype=np.float32)[pairs.clear.ids]
    found = recognise_clear(seen_as(rows, rows), alone)
    assert np.isnan(found.right[pairs.clear.ids == 1]).all()
    assert np.isnan(found.chance[pairs.clear.ids == 1]).all()
    assert found.rank1 == 1
