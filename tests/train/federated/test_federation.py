"""The server's state: rounds with sites that are missing or refused, and a state to go on from."""

import numpy as np
import pytest

from passerby.errors import ModelError
from passerby.models.reid.checkpoint import load_network
from passerby.train.federated.federation import Federation
from passerby.train.federated.shared import read_weights
from passerby.train.federated.start import start_network
from passerby.train.federated.update import Contribution, norm


@pytest.fixture
def federation(federated):
    return Federation.begun(start_network(federated), keep_batchnorm=False)


def sent(federation, site, value, images=1):
    update = {name: np.full_like(federation.weights[name], value) for name in federation.names}
    return Contribution(site, update, images)


def test_a_round_moves_the_weights_by_the_mean_and_is_written_down(federation):
    before = federation.weights
    done = federation.end_round([sent(federation, "yard", 1.0), sent(federation, "hall", 2.0, 3)])
    for name in before:
        np.testing.assert_allclose(federation.weights[name], before[name] + 1.75, rtol=1e-6)
    assert (done.number, done.sites, done.refused) == (1, ("hall", "yard"), ())
    assert done.norms[0] == pytest.approx(norm(sent(federation, "", 2.0).update))
    size = sum(part.size for part in before.values()) * 4
    assert (done.bytes_up, done.bytes_down) == (2 * size, 2 * size)
    assert federation.next_round == 2


def test_a_site_that_does_not_answer_is_told_and_the_others_count(federation):
    before = federation.weights
    done = federation.end_round([sent(federation, "hall", 1.0)], ["yard: no answer in this round"])
    assert done.sites == ("hall",)
    assert done.refused == ("yard: no answer in this round",)
    for name in before:
        np.testing.assert_allclose(federation.weights[name], before[name] + 1, rtol=1e-6)


def test_if_nobody_is_left_the_weights_stay(federation):
    before = federation.weights
    done = federation.end_round([sent(federation, "hall", np.nan)])
    assert done.sites == ()
    assert "NaN" in done.refused[0]
    for name in before:
        np.testing.assert_array_equal(federation.weights[name], before[name])
    assert federation.next_round == 2


def test_a_server_that_was_killed_goes_on_with_the_same_weights(federation, federated, tmp_path):
    terms = {"model": "bot", "rules": {"rounds": 3}}
    federation.end_round([sent(federation, "hall", 0.5)], ["yard: gone"])
    federation.keep(terms, tmp_path / "state.pt")
    other = Federation.begun(start_network(federated), keep_batchnorm=False)
    other.resume(terms, tmp_path / "state.pt")
    assert other.rounds == federation.rounds
    for name in federation.weights:
        np.testing.assert_array_equal(other.weights[name], federation.weights[name])


def test_the_state_of_another_federation_is_refused(federation, tmp_path):
    federation.keep({"model": "bot"}, tmp_path / "state.pt")
    with pytest.raises(ModelError, match="was started with model bot, not pcb"):
        federation.resume({"model": "pcb"}, tmp_path / "state.pt")
    (tmp_path / "torn.pt").write_bytes(b"torn")
    with pytest.raises(ModelError, match=r"torn\.pt"):
        federation.resume({"model": "bot"}, tmp_path / "torn.pt")


def test_the_network_is_that_of_the_last_mean(federation, federated, tmp_path):
    federation.end_round([sent(federation, "hall", 0.25)])
    card = {"model": "bot", "scale": "quick", "num_classes": 2, "size": [32, 32]}
    network = start_network(federated)
    federation.write_network(network, {**card, "options": network.options}, tmp_path / "model.pt")
    own = read_weights(load_network(tmp_path / "model.pt"), federation.weights)
    for name, part in federation.weights.items():
        np.testing.assert_array_equal(own[name], part)
