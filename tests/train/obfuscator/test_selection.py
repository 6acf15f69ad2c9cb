"""The best obfuscator is chosen by people whom nobody has learned from."""

import numpy as np
import pytest
import torch

from passerby.errors import InputError
from passerby.models.obfuscators import create_obfuscator
from passerby.train.obfuscator.fresh_attack import AttackSettings
from passerby.train.obfuscator.selection import (
    Candidate,
    Chosen,
    check_detectors,
    measure_candidate,
    obfuscator_of,
    person_precision,
)


def network(seed=0):
    torch.manual_seed(seed)
    return create_obfuscator("shuffle", channels=8, depth=1)


def test_first_the_limit_then_the_people():
    keeps, keeps_worse = Candidate((0.8, 0.6), 0.29), Candidate((0.6, 0.6), 0.1)
    leaks, leaks_more = Candidate((0.9, 0.9), 0.4), Candidate((1.0, 1.0), 0.5)
    ordered = [leaks_more, leaks, keeps_worse, keeps]
    mixed = [keeps, leaks_more, keeps_worse, leaks]
    assert sorted(mixed, key=lambda one: one.rating(0.3)) == ordered


def test_the_best_is_kept_with_its_figures_and_goes_on():
    chosen = Chosen(network(0), figures=2)
    for step, rating in ((1, 0.5), (2, 0.9), (3, 0.7)):
        chosen.consider(step, (rating,), (rating, float("nan")), network(step))
    again = Chosen(network(9), figures=2)
    again.load_state_dict(chosen.state_dict())
    assert (int(again.considered), int(again.step)) == (3, 2)
    assert again.figures.tolist() == [0.9, 0.0]
    assert all(
        torch.equal(one, other)
        for one, other in zip(
            again.network.state_dict().values(), network(2).state_dict().values(), strict=True
        )
    )


def test_obfuscated_pictures_are_rounded_as_they_are_stored(crops):
    some, own = crops(2, 0), network().train()
    seen = obfuscator_of(own)(some.images)
    with torch.no_grad():
        expected = own.eval()(torch.from_numpy(some.images).permute(0, 3, 1, 2) / 255)
    assert np.array_equal(seen, (expected * 255).round().byte().permute(0, 2, 3, 1).numpy())


def test_people_are_found_in_clear_crops_and_not_in_black_ones(pool, detectors):
    clear = pool.held_out.images
    assert person_precision(detectors[0], clear, clear) == pytest.approx(1.0, abs=0.01)
    assert person_precision(detectors[0], clear, np.zeros_like(clear)) == 0


def test_a_detector_that_sees_nobody_is_named(pool, detectors):
    check_detectors(detectors, pool.train)
    pool.train.images[:] = 0
    with pytest.raises(InputError, match="bright finds nobody in the training data"):
        check_detectors(detectors, pool.train)


def test_a_candidate_is_measured_on_held_out_people(pool, detectors):
    own = network().train()
    found = measure_candidate(
        own, pool, detectors, AttackSettings(size="small", steps=2, batch=2, measured=1)
    )
    assert len(found.precision) == 1
    assert found.explained < 1
    assert own.training
