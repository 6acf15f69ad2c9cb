from dataclasses import replace

import numpy as np
import pytest
import torch

from passerby.attack.attack import attacks_of
from passerby.attack.attacks import ATTACKS, parrot
from passerby.attack.attacks.averaging import averaged_case
from passerby.attack.case import case_of
from passerby.attack.recognition import recognise_people
from passerby.models.reid.network import Output, ReidNetwork

NAMES = {"parrot-signature", "parrot-osnet", "parrot-mobilenet", "parrot-coarse"}


GRADIENT = np.linspace(0, 255, 64 * 3).reshape(64, 3).astype(np.uint8)
"""A row of pixels that differ."""


class Cells(ReidNetwork):
    """A mixture of the colours of a few cells, which learns in no time."""

    def __init__(self):
        super().__init__((32, 16))
        self.dimension = 24
        self.layer = torch.nn.Linear(3 * 8 * 4, 24)

    def describe(self, images):
        return self.layer(torch.nn.functional.adaptive_avg_pool2d(images, (8, 4)).flatten(1))

    def learn(self, images):
        return Output((), (self.describe(images),))


@pytest.fixture(autouse=True)
def small(monkeypatch):
    def start(_name, _starts, _describe):
        torch.manual_seed(0)
        return Cells()

    monkeypatch.setattr(parrot, "started_network", start)
    monkeypatch.setattr(parrot, "BATCHES", 40)
    monkeypatch.setattr(parrot, "COARSE_BATCHES", 4)


def test_architectures_are_tried_at_the_standard_tier():
    assert set(attacks_of("standard")) - set(attacks_of("quick")) >= NAMES
    assert not set(attacks_of("quick")) & NAMES


def test_people_whom_it_has_never_seen_are_recognised_through_inverted_colours(case_for):
    case = case_for(lambda picture: 255 - picture)
    fitted = ATTACKS["parrot-osnet"].fit(case)
    for _, found in recognise_people(fitted, case.test):
        assert found.rank1 > 3 * found.mean_chance


def test_the_coarse_network_links_people_whom_it_has_never_seen(case_for, monkeypatch):
    monkeypatch.setattr(parrot, "COARSE_BATCHES", 60)
    case = case_for(lambda picture: 255 - picture)
    found = dict(recognise_people(ATTACKS["parrot-coarse"].fit(case), case.test))
    linked = found["anonymized to anonymized"]
    assert linked.rank1 > 3 * linked.mean_chance


@pytest.mark.parametrize("name", ["parrot-osnet", "parrot-coarse"])
def test_nothing_is_recognised_in_black(case_for, name):
    case = case_for(np.zeros_like)
    fitted = ATTACKS[name].fit(case)
    found = dict(recognise_people(fitted, case.test))["anonymized to anonymized"]
    assert found.rank1 == pytest.approx(found.mean_chance)


def test_each_pass_anonymizes_people_anew(split, colours):
    asked = []

    def anonymize(people, number):
        asked.append((number, people.images.copy()))
        return 255 - people.images

    case = case_of(split, anonymize, colours)
    asked.clear()
    ATTACKS["parrot-signature"].fit(case)
    numbers = [number for number, _ in asked]
    assert len(set(numbers)) == len(numbers) > 1
    assert min(numbers) > 64  # which other attacks ask for
    assert not any((images == case.train.clear.images).all() for _, images in asked)


def test_each_person_is_moved_differently(split, colours, monkeypatch):
    asked = []

    def anonymize(people, _number):
        asked.append(people.images.copy())
        return people.images

    equal = replace(split.train, images=np.broadcast_to(GRADIENT, split.train.images.shape).copy())
    monkeypatch.setattr(parrot, "BATCHES", 4)
    case = case_of(replace(split, train=equal), anonymize, colours)
    asked.clear()
    ATTACKS["parrot-signature"].fit(case)
    different = {one.tobytes() for one in asked[0]}
    assert len(different) > 2  # more than mirror images


def test_the_coarse_network_goes_through_a_view_several_times(split, colours, monkeypatch):
    asked = []

    def anonymize(people, number):
        asked.append(number)
        return people.images

    monkeypatch.setattr(parrot, "_VIEWS", 3)
    case = case_of(split, anonymize, colours)
    asked.clear()
    monkeypatch.setattr(parrot, "COARSE_BATCHES", 12)
    ATTACKS["parrot-coarse"].fit(case)
    assert len(asked) == len(set(asked)) == 2  # the first is what is there already


def test_without_the_anonymizer_its_outputs_are_moved(case_for):
    case = replace(case_for(lambda picture: 255 - picture), anonymize=None)
    fitted = ATTACKS["parrot-mobilenet"].fit(case)
    assert fitted.of_seen(case.test.seen).shape == fitted.of_clear(case.test.seen).shape


def test_means_of_frames_are_not_taken_for_single_frames(case_for):
    case = case_for(lambda picture: 255 - picture)
    assert averaged_case(case, case.anonymize, 2).anonymize is None


def test_crops_are_brought_to_the_size_of_a_network():
    crops = np.zeros((2, 64, 32, 3), np.uint8)
    crops[:, :32] = 200
    assert parrot.resized_crops(crops, (64, 32)) is crops
    smaller = parrot.resized_crops(crops, (4, 2))
    assert smaller.shape == (2, 4, 2, 3)
    assert (smaller[:, :2] == 200).all()
    assert not smaller[:, 2:].any()
    assert parrot.resized_crops(crops, (128, 64)).shape == (2, 128, 64, 3)
