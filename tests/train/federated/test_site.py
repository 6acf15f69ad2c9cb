"""A site: what it learns, what it sends, what it keeps, and how it goes on."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from passerby.errors import ConfigError, InputError, ModelError, PeerError
from passerby.models.reid.checkpoint import load_network
from passerby.train.engine.machine import Machine
from passerby.train.federated.federation import Federation
from passerby.train.federated.rules import FederationRules
from passerby.train.federated.shared import read_weights
from passerby.train.federated.site import Site, federated_plan
from passerby.train.federated.start import start_network
from passerby.train.federated.update import norm
from passerby.train.reid import run as plain
from passerby.train.reid.plan import Distillation

RULES = FederationRules(rounds=3)


@pytest.fixture
def given(federated):
    """What the server gives first."""
    return Federation.begun(start_network(federated), keep_batchnorm=False).weights


def test_alone_in_a_federation_is_a_training_as_always(federated, make_site, given, tmp_path):
    """All rounds of one site, each continued from its own update, against one plain training."""
    dataset = federated.dataset
    own = replace(dataset, samples=tuple(one for one in dataset.samples if one.camera == 1))
    plan = replace(federated_plan(federated, RULES), dataset=own)
    site, federation = (
        make_site(1, RULES),
        Federation.begun(start_network(federated), keep_batchnorm=False),
    )

    def from_given(*arguments):
        training = new_reid_training(*arguments)
        names = {name: torch.from_numpy(part) for name, part in given.items()}
        training.network.load_state_dict(names, strict=False)
        return training

    new_reid_training = plain.new_reid_training
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "new_reid_training", from_given)
        path = plain.train_reid(plan, tmp_path / "plain")
    for number in (1, 2, 3):
        federation.end_round([site.learn(number, federation.weights, "one")])
    expected = read_weights(load_network(path), given)
    for name in given:
        np.testing.assert_allclose(federation.weights[name], expected[name], atol=2e-5)


def test_a_site_that_was_killed_learns_the_same_in_the_end(make_site, given, tmp_path):
    folder = tmp_path / "killed"
    whole = make_site(1, RULES)
    first = whole.learn(1, given, "one").update
    second = whole.learn(2, given, "one").update
    make_site(1, RULES, folder).learn(1, given, "one")
    again = make_site(1, RULES, folder)  # another process
    resumed = again.learn(2, given, "one").update
    assert norm(first) > 0
    for name in second:
        np.testing.assert_array_equal(resumed[name], second[name])


def test_a_site_that_missed_rounds_goes_on_with_the_present_one(make_site, given):
    site = make_site(1, RULES)
    site.learn(1, given)
    assert norm(site.learn(3, given).update) > 0


def test_the_classifier_stays_at_home(make_site, given):
    site = make_site(1, RULES)
    assert not [name for name in site.learn(1, given).update if name.startswith("classifier")]


def test_batch_normalisation_stays_at_home_after_the_first_round(make_site, given, tmp_path):
    site = make_site(1, FederationRules(rounds=2, keep_batchnorm=True))
    update = site.learn(1, given).update
    kept = [name for name in given if name not in update]
    assert kept
    other = {name: part + 1 for name, part in given.items()}
    site.learn(2, other)
    network = load_network(site.finish(given))
    own = read_weights(network, given)
    for name in given:
        if name in kept:
            assert np.abs(own[name] - other[name]).max() > 0.1, name  # not taken over
        else:
            np.testing.assert_array_equal(own[name], given[name])


def test_clipped_updates_are_no_longer_than_that(make_site, given):
    free = make_site(1, RULES).learn(1, given)
    length = norm(free.update) / 2
    short = make_site(2, FederationRules(rounds=3, clip=length)).learn(1, given)
    assert norm(short.update) <= length * (1 + 1e-5)
    assert short.images == 12


def test_noise_hides_also_how_many_images_there_are(make_site, given):
    clip, times = 1e-3, 50.0
    site = make_site(1, FederationRules(rounds=3, clip=clip, noise=times))
    sent = site.learn(1, given)
    assert sent.images == 1
    numbers = np.concatenate([part.ravel() for part in sent.update.values()])
    assert numbers.std() == pytest.approx(clip * times, rel=0.02)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"anonymize": None}, "anonymized images only"),
        ({"anonymized_by": None}, "anonymized images only"),
        ({"distillation": Distillation(teachers=("reid-0248",))}, "leave --teacher out"),
    ],
)
def test_raw_images_and_teachers_are_refused(federated, change, line):
    with pytest.raises(ConfigError, match=line):
        federated_plan(replace(federated, **change), RULES)


def test_pictures_are_anonymized_before_anything_learns_from_them(federated, tmp_path):
    seen = []

    def watched(root, path):
        seen.append(path)
        return np.zeros((40, 20, 3), np.uint8)

    machine = Machine(torch.device("cpu"), workers=0)
    plan = federated_plan(federated, RULES)
    Site(plan, watched, RULES, tmp_path, machine)
    train = [one.path for one in federated.dataset.samples if one.subset == "train"]
    assert sorted(seen) == sorted(train)


def test_a_site_without_images_is_refused(make_site):
    with pytest.raises(InputError, match="0 people for training"):
        make_site(9, RULES)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda name, part: {}, "the server sends no"),
        (lambda name, part: {name: part[:0]}, "the server sends no"),
        (lambda name, part: {name: part * np.float32(np.nan)}, "with NaN"),
    ],
    ids=["missing", "shape", "nan"],
)
def test_weights_that_cannot_be_right_are_refused(make_site, given, change, line):
    name = next(iter(given))
    wrong = {other: part for other, part in given.items() if other != name}
    with pytest.raises(PeerError, match=line):
        make_site(1, RULES).learn(1, {**wrong, **change(name, given[name])})


@pytest.mark.parametrize("number", [0, 4, -1])
def test_rounds_that_were_not_agreed_on_are_refused(make_site, given, number):
    with pytest.raises(PeerError, match=f"round {number} of 3"):
        make_site(1, RULES).learn(number, given)


def test_the_folder_of_another_training_is_refused(make_site, given, tmp_path):
    folder = tmp_path / "own"
    make_site(1, RULES, folder).learn(1, given)
    with pytest.raises(ModelError, match="was started with federated"):
        make_site(1, FederationRules(rounds=3, mu=0.5), folder)
    with pytest.raises(ModelError, match="was started with"):
        make_site(1, RULES, folder, anonymized_by={"cover": "nothing"})
