"""Averaged weights follow those that learn."""

import pytest
import torch
from torch import nn

from passerby.train.engine.ema import update_ema


def test_weights_follow_by_the_share_that_is_kept():
    network, averaged = nn.Linear(1, 1), nn.Linear(1, 1)
    expected = averaged.weight.item()
    for step in range(1, 30):
        with torch.no_grad():
            network.weight.fill_(step)
        kept = min(0.6, (1 + step) / (10 + step))
        expected = kept * expected + (1 - kept) * step
        update_ema(averaged, network, step, 0.6)
    assert averaged.weight.item() == pytest.approx(expected, rel=1e-5)


def test_what_is_counted_is_copied():
    network, averaged = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    network(torch.rand(4, 2))
    update_ema(averaged, network, 1, 0.9)
    assert averaged.num_batches_tracked.item() == 1
