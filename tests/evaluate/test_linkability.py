import time

import numpy as np
import pytest

from passerby.errors import ConfigError, InputError
from passerby.evaluate.linkability import LinkTrials, link_trials, link_trials_of
from passerby.signatures.signatures import Signatures


def signed(features, ids, cameras):
    return Signatures(np.asarray(features, np.float32), np.array(ids), np.array(cameras))


def trials(nearer, tied, others):
    one = np.array([1])
    return LinkTrials(np.array([0]), nearer * one, tied * one, others * one, one, 1)


@pytest.mark.parametrize(("nearer", "tied"), [(0, 0), (2, 0), (0, 3), (1, 2), (5, 7), (0, 12)])
@pytest.mark.parametrize("candidates", [1, 2, 5, 13])
def test_the_closed_form_is_what_drawing_candidates_gives(nearer, tied, candidates):
    others = 12
    rng = np.random.default_rng(nearer + 10 * tied + 100 * candidates)
    kinds = np.repeat([0, 1, 2], [nearer, tied, others - nearer - tied])
    right = []
    for _ in range(4_000):
        drawn = rng.permutation(kinds)[: candidates - 1]
        right.append(0.0 if (drawn == 0).any() else 1 / (1 + (drawn == 1).sum()))
    (found,) = trials(nearer, tied, others).linked(candidates)
    assert found == pytest.approx(np.mean(right), abs=4 * np.std(right) / 4_000**0.5 + 1e-12)


def test_outputs_that_are_all_the_same_reach_chance_in_every_order():
    ids, cameras = np.repeat(np.arange(20), 2), np.tile([1, 2], 20)
    rng = np.random.default_rng(0)
    for order in (np.arange(40), np.arange(40)[::-1], rng.permutation(40)):
        people = signed(np.ones((40, 3)), ids[order], cameras[order])
        found = link_trials(people, people)
        for candidates in (1, 2, 10, 39):
            np.testing.assert_allclose(found.linked(candidates), 1 / candidates, rtol=1e-9)


def test_few_ties_among_many_people_lose_no_digits():
    (found,) = trials(0, 1, 100_000).linked(2)
    assert found == pytest.approx(1 - 0.5 / 100_000, abs=1e-9)
    (found,) = trials(3, 0, 100_000).linked(50_001)
    assert found == pytest.approx(1 / 8, rel=1e-4)


def test_a_query_counts_the_mean_over_its_matches():
    query = signed([[1, 0]], [7], [1])
    gallery = signed([[1, 0], [0, 1], [0.9, 0.1]], [7, 7, 8], [2, 3, 2])
    found = link_trials(query, gallery)
    assert found.linked(2).tolist() == [0.5]  # the first match is linked, the second is not


def test_images_by_the_own_camera_are_left_out_and_who_has_no_match_is_nan():
    query = signed([[1, 0], [0, 1]], [7, 9], [1, 1])
    gallery = signed([[1, 0], [0.8, 0.2], [0, 1]], [7, 7, 8], [1, 2, 2])
    linked = link_trials(query, gallery).linked(2)
    assert linked[0] == 1
    assert np.isnan(linked[1])


def test_more_candidates_than_there_are_cannot_be_drawn():
    assert np.isnan(trials(0, 0, 3).linked(5)).all()
    with pytest.raises(ConfigError, match="0 candidates"):
        trials(0, 0, 3).linked(0)


def test_known_distances_give_the_same_as_signatures():
    rng = np.random.default_rng(1)
    ids, cameras = rng.integers(0, 9, 40), rng.integers(0, 3, 40)
    people = signed(rng.normal(size=(40, 8)), ids, cameras)
    units = people.features / np.linalg.norm(people.features, axis=1, keepdims=True)
    known = link_trials_of((1 - units @ units.T).astype(np.float32), people, people)
    np.testing.assert_allclose(known.linked(5), link_trials(people, people).linked(5), atol=1e-9)


def test_distances_that_cannot_be_are_refused():
    people = signed(np.eye(3), [1, 1, 2], [1, 2, 1])
    with pytest.raises(InputError, match=r"shape \(2, 3\)"):
        link_trials_of(np.zeros((2, 3), np.float32), people, people)
    with pytest.raises(InputError, match="NaN"):
        link_trials_of(np.full((3, 3), np.nan, np.float32), people, people)


@pytest.mark.slow
def test_the_curve_of_a_gallery_of_the_size_of_market_takes_seconds():
    rng = np.random.default_rng(0)
    counts = 3_368, 15_913
    query, gallery = (
        signed(np.zeros((n, 1)), rng.integers(1, 751, n), rng.integers(1, 7, n)) for n in counts
    )
    distances = rng.random(counts, np.float32)
    begun = time.process_time()
    found = link_trials_of(distances, query, gallery)
    curve = [np.nanmean(found.linked(candidates)) for candidates in (2, 10, 50, 200, 750)]
    assert time.process_time() - begun < 6  # 1 s on a free core; other tests run beside it
    np.testing.assert_allclose(curve, [1 / n for n in (2, 10, 50, 200, 750)], rtol=0.1)
