"""What a site sends, of every network."""

import numpy as np
import pytest
import torch
from torch import nn

from passerby.models.reid import REID_MODELS, create
from passerby.train.federated.shared import (
    read_weights,
    shared_names,
    transferable_names,
    write_weights,
)

SMALL = {"mobilenet-v2": {"width": 0.25}}


@pytest.mark.parametrize("model", list(REID_MODELS))
def test_what_depends_on_the_number_of_people_stays_at_home_and_nothing_else(model):
    options = SMALL.get(model, {})
    one, other = (create(model, people, scale="quick", **options) for people in (3, 4))
    first, second = one.state_dict(), other.state_dict()
    same = {
        name
        for name in first
        if first[name].shape == second[name].shape and first[name].is_floating_point()
    }
    names = set(transferable_names(one))
    assert names <= same
    # Biases of nothing but classifiers are left out beyond that.
    assert all(name.startswith("classifier") for name in same - names)


def test_batch_normalisation_stays_at_home_if_it_is_wished():
    network = create("bot", 3, scale="quick", width=0.125)
    every = set(shared_names(network, keep_batchnorm=False))
    most = set(shared_names(network, keep_batchnorm=True))
    of_norms = {
        f"{prefix}.{part}"
        for prefix, module in network.named_modules()
        if type(module) in (nn.BatchNorm1d, nn.BatchNorm2d)
        for part in ("weight", "bias", "running_mean", "running_var")
    }
    assert every - most == of_norms & every
    assert every == set(transferable_names(network))


def test_weights_go_from_one_network_into_another():
    one, other = (create("bot", people, scale="quick", width=0.125) for people in (3, 5))
    names = transferable_names(one)
    write_weights(other, read_weights(one, names), names)
    images = torch.zeros(1, 3, *one.size)
    torch.testing.assert_close(one.eval()(images), other.eval()(images))


def test_what_was_read_does_not_change_with_the_network():
    network = create("bot", 3, scale="quick", width=0.125)
    name = transferable_names(network)[0]
    weights = read_weights(network, [name])
    before = weights[name].copy()
    with torch.no_grad():
        network.state_dict()[name].add_(1)
    np.testing.assert_array_equal(weights[name], before)
