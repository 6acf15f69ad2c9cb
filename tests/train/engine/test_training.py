"""What a training counts, and what it ends with."""

import pytest
import torch
from torch import nn

from passerby.train.engine.ema import averaged_copy
from passerby.train.engine.training import Training


def begun(**changes):
    network = nn.Linear(2, 1)
    return Training(network=network, optimizers=(), **changes)


def test_the_averaged_weights_follow_each_step():
    torch.manual_seed(0)
    training = begun()
    training.averaged, training.ema_decay = averaged_copy(training.network), 0.25
    expected = training.network.weight.detach().clone()
    for kept in (2 / 11, 0.25, 0.25):  # at first less than what the decay says
        nn.init.normal_(training.network.weight)
        training.end_step()
        expected = kept * expected + (1 - kept) * training.network.weight.detach()
        assert training.averaged.weight.detach().numpy() == pytest.approx(expected.numpy())
    assert training.step == 3
    assert training.result is training.averaged


def test_without_averaged_weights_the_network_is_the_result():
    training = begun()
    training.end_step()
    assert training.result is training.network
    assert training.modules == {"network": training.network}


def test_epochs_are_counted_with_what_they_lost():
    training = begun()
    training.end_epoch(2.5)
    training.end_epoch(1.5)
    assert (training.epoch, training.lost) == (2, [2.5, 1.5])
